using System.Globalization;
using System.Net.Http.Json;
using Observability.AppHost.Commands;

namespace Aspire.Hosting;

/// <summary>LogGenerator's control API as commands of the dashboard.</summary>
internal static class GeneratorCommands
{
    private const int DefaultLines = 10_000;
    private const int DefaultRate = 10_000;

    // Longer than an outage and the start after it, so that a verification holds out through one.
    private const string Patience = "180s";

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
        .WithHttpCommand("/verify", "Verify", commandName: "verify", commandOptions: new HttpCommandOptions
        {
            Method = HttpMethod.Post,
            Description = "Sends numbered lines through the whole pipeline and reads each back from the store: exactly once, in order.",
            IconName = "CheckmarkCircle",
            IsHighlighted = true,
            Arguments =
            [
                Number("lines", "Lines", DefaultLines, "How many lines are sent and read back."),
                Number("rate", "Lines a second", DefaultRate, "How fast they are sent."),
            ],
            PrepareRequest = context =>
            {
                context.Request.Content = JsonContent.Create(new
                {
                    lines = NumberOf(context.Arguments, "lines", DefaultLines),
                    rate = NumberOf(context.Arguments, "rate", DefaultRate),
                    timeout = Patience,
                });
                return Task.CompletedTask;
            },
            GetCommandResult = VerificationAnswer.ToResultAsync,
        });

    private static InteractionInput Number(string name, string label, int value, string description) => new()
    {
        Name = name,
        Label = label,
        InputType = InputType.Number,
        Value = value.ToString(CultureInfo.InvariantCulture),
        Description = description,
    };

    // LogGenerator says what it accepts.
    private static double NumberOf(InteractionInputCollection arguments, string name, int defaultValue) =>
        double.TryParse(arguments.GetString(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : defaultValue;

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
