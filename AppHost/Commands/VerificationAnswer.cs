using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Observability.AppHost.Commands;

/// <summary>
/// What the verifier reports, as the dashboard shows it: the verdict first, then the figures. A run that found a line missing is a failed
/// command, though the request was answered.
/// </summary>
internal static class VerificationAnswer
{
    /// <summary>Success if every line was found exactly once, with the report shown at once.</summary>
    /// <param name="response">The verifier's answer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ExecuteCommandResult> ToResultAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        await ToResultAsync(response, "", [], cancellationToken);

    /// <summary>The same of a verification during which something happened.</summary>
    /// <param name="response">The verifier's answer.</param>
    /// <param name="happened">What happened, such as <c>loki was away for 60 s: </c>.</param>
    /// <param name="figures">What else was counted meanwhile.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ExecuteCommandResult> ToResultAsync(
        HttpResponseMessage response, string happened, IReadOnlyList<Figure> figures, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!TryRead(body, out var report))
            return HttpAnswer.ToResult("Verify", response, body);

        var passed = report.GetProperty("passed").GetBoolean();
        var message = happened
            + $"{Number(report, "stored")} of {Number(report, "lines")} lines stored, {Number(report, "missing")} missing, "
            + $"{Number(report, "duplicated")} shown twice";
        var data = new CommandResultData
        {
            Value = Markdown(report, passed, message, figures),
            Format = CommandResultFormat.Markdown,
            DisplayImmediately = true,
        };
        return passed ? CommandResults.Success(message, data) : CommandResults.Failure(message, data);
    }

    private static string Markdown(JsonElement report, bool passed, string message, IReadOnlyList<Figure> figures)
    {
        var text = new StringBuilder();
        Line($"## {(passed ? "✓ Passed" : "✗ Failed")}: {message}");
        Line("");
        if (report.TryGetProperty("reason", out var reason) && reason.ValueKind is JsonValueKind.String)
            Line($"{reason.GetString()}\n");
        Line("| | |");
        Line("|---|---|");
        foreach (var figure in figures)
            Line($"| {figure.Name} | {figure.Value} |");
        if (report.TryGetProperty("sentTo", out var target))
            Line($"| sent to | {target.GetString()} |");
        Line($"| sent | {Number(report, "sent")} in {Seconds(report, "sendSeconds")} |");
        Line($"| stored | {Number(report, "stored")} |");
        Line($"| missing | {Number(report, "missing")}{Ranges(report)} |");
        Line($"| shown twice | {Number(report, "duplicated")} |");
        Line($"| out of order | {Number(report, "outOfOrder")} |");
        Line($"| changed | {Number(report, "changed")} |");
        if (report.TryGetProperty("latency", out var latency) && latency.ValueKind is JsonValueKind.Object)
        {
            Line($"| latency from end to end | p50 {Milliseconds(latency, "p50Ms")}, p95 {Milliseconds(latency, "p95Ms")}, "
                + $"p99 {Milliseconds(latency, "p99Ms")}, longest {Milliseconds(latency, "maxMs")} |");
        }

        Line($"| whole run | {Seconds(report, "totalSeconds")} |");
        Line($"| run id, in each of its lines | `{(report.TryGetProperty("runId", out var id) ? id.GetString() : "-")}` |");
        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');
    }

    private static string Ranges(JsonElement report)
    {
        if (!report.TryGetProperty("firstMissing", out var ranges)
            || ranges.ValueKind is not JsonValueKind.Array
            || ranges.GetArrayLength() == 0)
        {
            return "";
        }

        return ": " + string.Join(", ", ranges.EnumerateArray().Select(range =>
            range.GetProperty("first").GetInt64() is var first && range.GetProperty("last").GetInt64() is var last && first == last
                ? $"{first}"
                : $"{first}–{last}"));
    }

    private static string Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number
            ? value.GetInt64().ToString("N0", CultureInfo.InvariantCulture)
            : "-";

    private static string Seconds(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetDouble().ToString("0.0 s", CultureInfo.InvariantCulture) : "-";

    private static string Milliseconds(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetDouble().ToString("#,0 ms", CultureInfo.InvariantCulture) : "-";

    private static bool TryRead(string body, out JsonElement report)
    {
        try
        {
            report = JsonElement.Parse(body);
            return report.ValueKind is JsonValueKind.Object && report.TryGetProperty("passed", out _);
        }
        catch (JsonException)
        {
            report = default;
            return false;
        }
    }
}
