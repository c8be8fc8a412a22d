namespace Observability.Deploy.Tests.Manifests;

public sealed class PlainManifestTests
{
    public static TheoryData<string> Files => [.. PlainManifests.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_manifest_has_only_fields_that_Kubernetes_knows(string file)
    {
        foreach (var manifest in Manifest.ReadFile(file).Where(StrictModel.Knows))
            StrictModel.Check(manifest);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_manifest_says_its_namespace(string file)
    {
        foreach (var manifest in Manifest.ReadFile(file).Where(manifest => manifest.Kind != "Namespace"))
            Assert.NotEqual("", manifest.Namespace);
    }

    [Fact]
    public void Every_container_is_unprivileged_and_cannot_write_to_its_image()
    {
        foreach (var manifest in PlainManifests.All.Where(manifest => manifest.At("spec", "template", "spec", "containers") is not null))
        {
            Assert.True(manifest.At("spec", "template", "spec", "securityContext", "runAsNonRoot")?.GetValue<bool>(),
                $"{manifest} may run as root");
            foreach (var container in manifest.Items("spec", "template", "spec", "containers"))
            {
                var context = container["securityContext"]!;
                Assert.True(context["readOnlyRootFilesystem"]!.GetValue<bool>());
                Assert.False(context["allowPrivilegeEscalation"]!.GetValue<bool>());
                Assert.Equal("""["ALL"]""", context["capabilities"]!["drop"]!.ToJsonString());
                Assert.NotNull(container["resources"]!["limits"]!["memory"]);
            }
        }
    }

    [Fact]
    public void No_secret_is_in_a_file()
    {
        Assert.DoesNotContain(PlainManifests.All, manifest => manifest.Kind == "Secret");
    }
}
