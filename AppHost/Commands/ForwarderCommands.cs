using Observability.AppHost.Commands;

#pragma warning disable ASPIREPROCESSCOMMAND001 // Experimental: the alternative is to start and watch the process by hand.

namespace Aspire.Hosting;

/// <summary>What one does to the Forwarder, as commands of the dashboard. Restarting it is a command that every resource has.</summary>
internal static class ForwarderCommands
{
    /// <summary>Adds the command that sends the dead letters again.</summary>
    /// <param name="builder">The Forwarder.</param>
    /// <param name="kafka">The broker whose dead letters are meant.</param>
    /// <param name="loki">The store, as the Forwarder has it.</param>
    public static IResourceBuilder<ProjectResource> WithReplayCommand(
        this IResourceBuilder<ProjectResource> builder,
        IResourceBuilder<IResourceWithConnectionString> kafka,
        IResourceBuilder<IResourceWithConnectionString> loki) => builder.WithProcessCommand(
        "replay-dead-letters",
        "Replay dead letters",
        async context => new ProcessCommandSpec("dotnet")
        {
            Arguments =
            [
                "run", "--no-build", "--no-launch-profile",
                "--project", builder.Resource.GetProjectMetadata().ProjectPath,
                "--configuration", BuildConfiguration.Name,
                "--", "replay-dead-letters",
            ],
            EnvironmentVariables = new Dictionary<string, string>
            {
                ["ConnectionStrings__kafka"] = await kafka.Resource.ConnectionStringExpression.GetValueAsync(context.CancellationToken)
                    ?? "",
                ["ConnectionStrings__loki"] = await loki.Resource.ConnectionStringExpression.GetValueAsync(context.CancellationToken) ?? "",
            },
        },
        new ProcessCommandOptions
        {
            Description = "Sends every record of the topic dead-letters again to the topic it came from.",
            IconName = "ArrowRepeatAll",
            ConfirmationMessage = "Send all dead letters again?",
        });
}
