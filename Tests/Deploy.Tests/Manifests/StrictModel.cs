using k8s;

namespace Observability.Deploy.Tests.Manifests;

/// <summary>Kubernetes' own typed models, in which an unknown field is an error.</summary>
internal static class StrictModel
{
    /// <summary>Whether the resource is one of Kubernetes' own, not a custom one.</summary>
    public static bool Knows(Manifest manifest) =>
        !manifest.ApiVersion.Contains('.', StringComparison.Ordinal) || manifest.ApiVersion.Contains(".k8s.io/", StringComparison.Ordinal);

    public static void Check(Manifest manifest)
    {
        try
        {
            var read = KubernetesYaml.LoadAllFromString(manifest.Content.ToJsonString(), null, strict: true);
            Assert.Single(read);
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            Assert.Fail($"{manifest}: {exception.InnerException?.Message ?? exception.Message}");
        }
    }
}
