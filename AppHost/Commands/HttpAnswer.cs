namespace Observability.AppHost.Commands;

/// <summary>Turns a service's answer into what the dashboard shows of a command.</summary>
internal static class HttpAnswer
{
    /// <summary>Success or failure as the status says, with the answer as the result.</summary>
    /// <param name="command">The command's name as the dashboard shows it.</param>
    /// <param name="context">The answer.</param>
    public static async Task<ExecuteCommandResult> ToResultAsync(string command, HttpCommandResultContext context) =>
        ToResult(command, context.Response, await context.Response.Content.ReadAsStringAsync(context.CancellationToken));

    /// <summary>The same, with a body that was read.</summary>
    /// <param name="command">The command's name as the dashboard shows it.</param>
    /// <param name="response">The answer.</param>
    /// <param name="body">Its body.</param>
    public static ExecuteCommandResult ToResult(string command, HttpResponseMessage response, string body)
    {
        var isJson = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) is true;
        var data = new CommandResultData { Value = body, Format = isJson ? CommandResultFormat.Json : CommandResultFormat.Text };
        return response.IsSuccessStatusCode
            ? CommandResults.Success($"{command}: done", data)
            : CommandResults.Failure($"{command}: {(int)response.StatusCode} {response.ReasonPhrase}", data);
    }
}
