using System.Text.Json;

namespace Observability.AppHost.Commands;

/// <summary>Turns the verifier's report into what the dashboard shows: a run that found a line missing is a failed command, though the request was answered.</summary>
internal static class VerificationAnswer
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Success if every line was found exactly once, with the report shown at once.</summary>
    public static async Task<ExecuteCommandResult> ToResultAsync(HttpCommandResultContext context)
    {
        var body = await context.Response.Content.ReadAsStringAsync(context.CancellationToken);
        if (!TryRead(body, out var report))
            return await HttpAnswer.ToResultAsync("Verify", context);

        var message = $"{report.GetProperty("stored")} of {report.GetProperty("lines")} lines stored, {report.GetProperty("missing")} missing, {report.GetProperty("duplicated")} shown twice";
        var data = new CommandResultData { Value = JsonSerializer.Serialize(report, Indented), Format = CommandResultFormat.Json, DisplayImmediately = true };
        return report.GetProperty("passed").GetBoolean() ? CommandResults.Success(message, data) : CommandResults.Failure(message, data);
    }

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
