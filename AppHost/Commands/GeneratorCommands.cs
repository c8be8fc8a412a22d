using System.Net.Http.Json;
using Observability.AppHost.Commands;

namespace Aspire.Hosting;

/// <summary>LogGenerator's control API as commands of the dashboard.</summary>
internal static class GeneratorCommands
{
    private const int VerifiedLines = 10_000;

    // Longer than an outage and the start after it, so that a verification holds out through one.
    private const string Patience = "180s";

    /// <summary>Adds a command for each thing that one does to a running generator.</summary>
    public static IResourceBuilder<ProjectResource> WithGeneratorCommands(this IResourceBuilder<ProjectResource> builder) => builder
        .WithRequest("burst", "Burst ×10 for 30 s", "Flash", "Ten times the rate for half a minute.", HttpMethod.Post, "/generator/burst", new { factor = 10, duration = "30s" })
        .WithRequest("error-storm", "Error storm", "ErrorCircle", "Mostly errors, with stack traces.", HttpMethod.Put, "/generator", new { pattern = "error-storm" })
        .WithRequest("malformed", "Malformed lines", "TextAsterisk", "Lines that are no JSON, cut short, or no text at all.", HttpMethod.Put, "/generator", new { pattern = "malformed" })
        .WithRequest("steady", "Back to steady", "LineHorizontal1", "The steady mix again.", HttpMethod.Put, "/generator", new { pattern = "steady" })
        .WithRequest(
            "verify",
            "Verify 10,000 lines",
            "CheckmarkCircle",
            "Sends 10,000 numbered lines through the whole pipeline and reads each back from the store: exactly once, in order.",
            HttpMethod.Post,
            "/verify",
            new { lines = VerifiedLines, timeout = Patience },
            isHighlighted: true,
            toResult: VerificationAnswer.ToResultAsync)
        .WithHttpCommand("/verify", "Verify …", commandName: "verify-lines", commandOptions: new HttpCommandOptions
        {
            Method = HttpMethod.Post,
            Description = "As many numbered lines as you say, through the whole pipeline and back.",
            IconName = "CheckmarkCircle",
            Arguments =
            [
                new InteractionInput { Name = "lines", Label = "Lines", InputType = InputType.Number, Required = true, Value = "100000", Description = "How many lines are sent and read back." },
            ],
            PrepareRequest = context =>
            {
                context.Request.Content = JsonContent.Create(new { lines = int.Parse(context.Arguments.GetString("lines")!, System.Globalization.CultureInfo.InvariantCulture), timeout = Patience });
                return Task.CompletedTask;
            },
            GetCommandResult = VerificationAnswer.ToResultAsync,
        });

    private static IResourceBuilder<ProjectResource> WithRequest(
        this IResourceBuilder<ProjectResource> builder,
        string name,
        string displayName,
        string icon,
        string description,
        HttpMethod method,
        string path,
        object body,
        bool isHighlighted = false,
        Func<HttpCommandResultContext, Task<ExecuteCommandResult>>? toResult = null) => builder.WithHttpCommand(path, displayName, commandName: name, commandOptions: new HttpCommandOptions
        {
            Method = method,
            Description = description,
            IconName = icon,
            IsHighlighted = isHighlighted,
            PrepareRequest = context =>
            {
                context.Request.Content = JsonContent.Create(body);
                return Task.CompletedTask;
            },
            GetCommandResult = toResult ?? (context => HttpAnswer.ToResultAsync(displayName, context)),
        });
}
