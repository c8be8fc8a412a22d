#pragma warning disable ASPIRECERTIFICATES001 // Experimental: the only way to say that a project serves no TLS.

namespace Aspire.Hosting;

/// <summary>What is the same for each of the stack's own processes in a run.</summary>
internal static class OwnProcessExtensions
{
    /// <summary>
    /// A console for people, where a cluster gets JSON for Alloy; and no certificate: where there is no trusted one, Aspire 13.6 would
    /// warn of it in red on each page of the dashboard, though nothing here speaks TLS.
    /// </summary>
    public static IResourceBuilder<ProjectResource> AsOwnProcess(this IResourceBuilder<ProjectResource> builder) =>
        builder.ApplicationBuilder.ExecutionContext.IsRunMode
            ? builder.WithoutHttpsCertificate().WithEnvironment("DOTNET_ENVIRONMENT", "Development")
            : builder;
}
