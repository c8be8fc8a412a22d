using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Observability.ServiceDefaults.Health;

/// <summary>Writes a health report as a line a check, so that a person with <c>curl</c> sees which dependency is missing and why.</summary>
internal static class HealthResponseWriter
{
    public static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        var lines = report.Entries.Select(entry => entry.Value.Description is { Length: > 0 } description
            ? $"{entry.Key}: {entry.Value.Status} ({description})"
            : $"{entry.Key}: {entry.Value.Status}");
        return context.Response.WriteAsync($"{report.Status}\n{string.Join('\n', lines)}\n", context.RequestAborted);
    }
}
