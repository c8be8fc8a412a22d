using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Observability.AppHost.Commands;

namespace Aspire.Hosting;

/// <summary>
/// The faults of the embedded parts, as commands. Each is begun over the part's own API (<c>/faults</c>), while numbered lines are sent.
/// </summary>
internal static class EmbeddedFaultCommands
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    /// <summary>Adds the outage of the broker, named as with a container.</summary>
    /// <param name="builder">The embedded broker.</param>
    public static IResourceBuilder<ProjectResource> WithKafkaFaults(this IResourceBuilder<ProjectResource> builder) =>
        builder.WithOutage("kafka-outage");

    /// <summary>Adds the faults of the store; its outage is named as with a container.</summary>
    /// <param name="builder">The embedded store.</param>
    public static IResourceBuilder<ProjectResource> WithLokiFaults(this IResourceBuilder<ProjectResource> builder) => builder
        .WithOutage("loki-outage")
        .WithFault(
            "slow",
            "Slow",
            "loki-slow",
            "was slow",
            "TopSpeed",
            "Each request waits before it is looked at, a push as well as a query.",
            CommandArguments.Number("delay", "Milliseconds", 2000, "How long each request waits."))
        .WithFault(
            "limit",
            "Limit (429)",
            "loki-limit",
            "limited the rate",
            "Gauge",
            "Pushes beyond a rate are refused with 429, in Loki's words.",
            CommandArguments.Number("rate", "Bytes a second", 50_000, "How many bytes of lines and metadata are taken a second."))
        .WithFault(
            "lose-answers",
            "Lose answers",
            "loki-lose-answers",
            "lost answers",
            "PlugDisconnected",
            "Pushes are stored, and the connection breaks instead of an answer, so that they are sent again.",
            CommandArguments.Number("pushes", "Answers", 10, "How many answers are lost at the most."));

    private static IResourceBuilder<ProjectResource> WithOutage(this IResourceBuilder<ProjectResource> builder, string fault) =>
        builder.WithFault(
            OutageCommand.Name, OutageCommand.DisplayName, fault, "was away", OutageCommand.IconName, OutageCommand.Description);

    private static IResourceBuilder<ProjectResource> WithFault(
        this IResourceBuilder<ProjectResource> builder,
        string name,
        string displayName,
        string fault,
        string happened,
        string icon,
        string description,
        params InteractionInput[] inputs) => builder.WithCommand(
        name,
        displayName,
        context =>
        {
            var seconds = context.Arguments.NumberOf(FaultTrial.SecondsInput, FaultTrial.DefaultSeconds);
            var time = context.Services.GetService<TimeProvider>() ?? TimeProvider.System;
            var part = builder.GetEndpoint("http");
            var query = inputs.Select(input => input.Name).Prepend(FaultTrial.SecondsInput)
                .Where(argument => !string.IsNullOrEmpty(context.Arguments.GetString(argument)))
                .Select(argument => $"{argument}={Uri.EscapeDataString(context.Arguments.GetString(argument)!)}");
            return new FaultTrial(RunningServices.Of(context.Services), time).RunAsync(
                seconds,
                context.Arguments.NumberOf(FaultTrial.LinesInput, VerificationOrder.DefaultLines),
                sink: null,
                async stop =>
                {
                    var (length, figures) = await HappenAsync(part, fault, string.Join('&', query), time, stop);
                    return ($"{builder.Resource.Name} {happened} for {FaultTrial.Seconds(length)}",
                        figures);
                },
                context.CancellationToken);
        },
        new CommandOptions
        {
            Description = description,
            IconName = icon,
            UpdateState = CommandStates.WhileRunning,
            Arguments = [.. FaultTrial.Inputs(FaultTrial.DefaultSeconds, "How long it lasts."), .. inputs],
        });

    // From its beginning until it is over.
    private static async Task<(TimeSpan Length, IReadOnlyList<Figure> Figures)> HappenAsync(
        EndpointReference part, string fault, string query, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = $"/faults/{fault}";
        var began = time.GetTimestamp();
        var state = await AskAsync(HttpMethod.Post, part, $"{path}?{query}", cancellationToken);
        try
        {
            while (state.GetProperty("active").ValueKind is not JsonValueKind.Null)
            {
                await Task.Delay(Look, time, cancellationToken);
                state = await AskAsync(HttpMethod.Get, part, path, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Cancelling ends the fault early; it must not leave the part as it is.
            await AskAsync(HttpMethod.Delete, part, path, CancellationToken.None);
            throw;
        }

        var figures = state.GetProperty("last").GetProperty("counts").EnumerateObject().Select(count =>
            new Figure($"{count.Name} that met the fault", count.Value.GetInt64().ToString("N0", CultureInfo.InvariantCulture)));
        return (time.GetElapsedTime(began), [.. figures]);
    }

    private static async Task<JsonElement> AskAsync(
        HttpMethod method, EndpointReference part, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await RunningServices.SendAsync(method, part, path, cancellationToken);
            var body = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (answer.IsSuccessStatusCode)
                return JsonElement.Parse(body);
            throw new FaultException(Detail(body) ?? $"{path}: {(int)answer.StatusCode} {answer.ReasonPhrase}");
        }
        catch (HttpRequestException exception)
        {
            throw new FaultException($"{part.Resource.Name} does not answer: {exception.Message}");
        }
    }

    private static string? Detail(string body)
    {
        try
        {
            return JsonElement.Parse(body).GetProperty("detail").GetString();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}
