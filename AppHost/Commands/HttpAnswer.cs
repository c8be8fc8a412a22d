namespace Observability.AppHost.Commands;

/// <summary>Turns a service's answer into what the dashboard shows of a command.</summary>
internal static class HttpAnswer
{
    /// <summary>Success or failure as the status says, with the answer as the result.</summary>
    /// <param name="command">The command's name as the dashboard shows it.</param>
    /// <param name="context">The answer.</param>
    public static async Task<ExecuteCommandResult> ToResultAsync(string command, HttpCommandResultContext context)
    {
        var body = await context.Response.Content.ReadAsStringAsync(context.CancellationToken);
        var isJson = context.Response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) is true;
        var data = new CommandResultData { Value = body, Format = isJson ? CommandResultFormat.Json : CommandResultFormat.Text };
        return context.Response.IsSuccessStatusCode
            ? CommandResults.Success($"{command}: done", data)
            : CommandResults.Failure($"{command}: {(int)context.Response.StatusCode} {context.Response.ReasonPhrase}", data);
    }
}
