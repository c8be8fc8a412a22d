using System.CommandLine;
using System.Globalization;

namespace Observability.Benchmarks.Limits;

/// <summary>Gives the built programs what once brought them down, and prints what it does now: a table for <c>docs/limits.md</c>.</summary>
internal static class LimitsCommand
{
    private const long Most = 256L * 1024 * 1024;
    private const int MostWords = 110;

    private static readonly Option<string> Only =
        new("--only") { Description = "Only the inputs whose description holds this text" };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command(
            "limits", "Small inputs that once took gigabytes, minutes or the process: answer, memory and time of each") { Only };
        command.SetAction((parsed, stop) => RunAsync(parsed.GetValue(Only) ?? "", stop));
        return command;
    }

    /// <summary>Words of an answer, as much as a table has room for.</summary>
    public static string Shorten(string text)
    {
        // OTLP's is a field of protobuf, whose head is no text.
        var begin = Math.Max(text.IndexOf("the request", StringComparison.Ordinal), text.IndexOf("request body", StringComparison.Ordinal));
        text = begin is > 0 and < 10 ? text[begin..] : text;
        var line = text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal).Trim();
        return line.Length > MostWords ? line[..MostWords] + " …" : line;
    }

    private static async Task<int> RunAsync(string only, CancellationToken stop)
    {
        if (!OperatingSystem.IsLinux())
            throw new PlatformNotSupportedException("Memory and time of a process are read from /proc.");

        var isRight = true;
        Console.WriteLine("| input | before | now | memory | processor |\n|---|---|---|---|---|");
        var inputs = StoreInputs.All.Concat(ServiceInputs.All)
            .Where(input => input.Name.Contains(only, StringComparison.OrdinalIgnoreCase));
        foreach (var input in inputs)
        {
            var result = await input.RunAsync(stop);
            isRight &= result.Bytes < Most;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {input.Name} | {input.Before} | {result.Answer} | {result.Bytes / 1e6:0} MB | {result.CpuSeconds:0.0} s |"));
        }

        return isRight ? 0 : 1;
    }
}
