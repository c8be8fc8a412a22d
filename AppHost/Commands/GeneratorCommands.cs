using System.Net.Http.Json;
using Observability.AppHost.Commands;

namespace Aspire.Hosting;

/// <summary>LogGenerator's control API as commands of the dashboard.</summary>
internal static class GeneratorCommands
{
    /// <summary>Adds a command for each thing that one does to a running generator.</summary>
    public static IResourceBuilder<ProjectResource> WithGeneratorCommands(this IResourceBuilder<ProjectResource> builder) => builder
        .WithRequest("burst", "Burst ×10 for 30 s", "Flash", "Ten times the rate for half a minute.", HttpMethod.Post, "/generator/burst",
            new { factor = 10, duration = "30s" })
        .WithRequest("error-storm", "Error storm", "ErrorCircle", "Mostly errors, with stack traces.", HttpMethod.Put, "/generator",
            new { pattern = "error-storm" })
        .WithRequest("malformed", "Malformed lines", "TextAsterisk", "Lines that are no JSON, cut short, or no text at all.",
            HttpMethod.Put, "/generator", new { pattern = "malformed" })
        .WithRequest("steady", "Back to steady", "LineHorizontal1", "The steady mix again.", HttpMethod.Put, "/generator",
            new { pattern = "steady" })
        .WithVerifyCommand(sink: null, "to Kafka directly");

    private static IResourceBuilder<ProjectResource> WithRequest(
        this IResourceBuilder<ProjectResource> builder,
        string name,
        string displayName,
        string icon,
        string description,
        HttpMethod method,
        string path,
        object body) => builder.WithHttpCommand(path, displayName, commandName: name, commandOptions: new HttpCommandOptions
        {
            Method = method,
            Description = description,
            IconName = icon,
            PrepareRequest = context =>
            {
                context.Request.Content = JsonContent.Create(body);
                return Task.CompletedTask;
            },
            GetCommandResult = context => HttpAnswer.ToResultAsync(displayName, context),
        });
}
