using System.Globalization;
using Observability.AllInOne.Settings;
using Observability.ServiceDefaults.Cli;
using Observability.ServiceDefaults.Kafka;
using Spectre.Console;

namespace Observability.AllInOne.Flow;

/// <summary>
/// Shows the flow on standard output: addresses at the start, a line a second, a summary at the end. In a file it reads the same, without
/// the colours.
/// </summary>
internal sealed class FlowConsole
{
    private const int LinesPerHeader = 20;

    // As long as it takes to say "it does not keep up": lag of this many seconds at the present rate.
    private const int SecondsOfLagToWarn = 5;

    private readonly IAnsiConsole _console;
    private readonly TextWriter _error;
    private readonly FlowMonitor _flow;
    private int _lines;
    private bool _isGone;

    public FlowConsole(TextWriter output, TextWriter error, FlowMonitor flow)
    {
        _error = error;
        _flow = flow;
        var target = new AnsiConsoleOutput(output);
        _console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = target, Ansi = target.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No });
        // Lines are as long as they are; a terminal wraps them better than a guess at its width.
        _console.Profile.Width = int.MaxValue;
    }

    /// <summary>Raised once, when nobody reads standard output any more.</summary>
    public event Action? ReaderGone;

    /// <summary>Says where everything is, and begins to show the flow.</summary>
    public void Announce(AllInOneAddresses addresses, AllInOneSettings settings) => Write(() =>
    {
        var at = addresses.Http.ToString().TrimEnd('/');
        var partitions = settings.Partitions.ToString(CultureInfo.InvariantCulture);
        _console.MarkupLine("[bold]A collector, Kafka, LogGenerator, Forwarder and a log store with Loki's API, all in this process.[/]");
        Say("Web page", at);
        Say("Loki API", $"{at}/loki/api/v1  (for logcli and Grafana: {at})");
        Say("Kafka", $"{addresses.Kafka}  {string.Join(", ", PipelineTopics.Lines)} ({partitions} partitions each), {Topics.DeadLetters}");
        Say("OTLP",
            $"{addresses.Otlp.ToString().TrimEnd('/')} (HTTP)  {addresses.OtlpGrpc.ToString().TrimEnd('/')} (gRPC): logs of your own services, into {Topics.Alloy}");
        Say("Control", $"{at}/generator  (described at {at}/openapi/v1.json)");
        Say("Metrics", $"{at}/metrics  health: {at}/health");
        Say("Try",
            $"curl -sG {at}/loki/api/v1/query_range --data-urlencode 'query={{namespace=\"default\"}} |= \"ERROR\"' --data-urlencode limit=5");
        Say("Stop", "Ctrl-C: what is under way is still stored; a second one stops at once");
        _console.WriteLine();
        _flow.Sampled += Show;

        void Say(string name, string value) => _console.MarkupLineInterpolated($"  [dim]{name,-10}[/]{value}");
    });

    /// <summary>Says what became of the lines.</summary>
    /// <param name="isWhole">Whether the Forwarder is this process's own. One outside has its own pace: what it has not committed is only
    /// on its way.</param>
    /// <returns>Whether all that Kafka took is stored or dead-lettered, as far as this process can know.</returns>
    public bool Summarize(bool isWhole)
    {
        _flow.Sampled -= Show;
        var flow = _flow.Latest;
        var missing = flow.Missing + (isWhole ? flow.Uncommitted : 0);
        var underWay = isWhole ? "" : FormattableString.Invariant($"  not yet forwarded {flow.Uncommitted:N0}");
        Write(() => Summarize(flow, FormattableString.Invariant($"missing {missing:N0}{underWay}")));
        return missing == 0;
    }

    private void Summarize(FlowSnapshot flow, string rest)
    {
        _console.WriteLine();
        _console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"[bold]Stopped after {Time(flow)}.[/]  generated {flow.Generated.Total:N0}  in Kafka {flow.InKafka.Total:N0}  stored {flow.Stored.Total:N0}  dead letters {flow.DeadLettered:N0}  {rest}");
        _console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"  pushes repeated {flow.Retries:N0}, lines sent again and de-duplicated {flow.Deduplicated:N0}, evicted from the store {flow.Evicted:N0}, p50 {Text(flow.P50Ms)}, p95 {Text(flow.P95Ms)}");
    }

    // A full disk behind standard output must not stop what flows, nor its end. A reader that has gone had enough.
    private void Write(Action write)
    {
        if (_isGone)
            return;
        try
        {
            write();
        }
        catch (IOException exception)
        {
            _isGone = true;
            if (!StandardStreams.IsReaderGone(exception))
            {
                _error.WriteLine($"The flow is shown no longer, since standard output cannot be written: {exception.Message}");
                return;
            }

            _error.WriteLine("Nobody reads the flow any more: stopping.");
            ReaderGone?.Invoke();
        }
    }

    private void Show(FlowSnapshot flow) => Write(() =>
    {
        if (_lines++ % LinesPerHeader == 0)
            _console.MarkupLineInterpolated($"[dim]{Row("time", "made/s", "Kafka/s", "stored/s", "stored", "lag", "p50", "p95")}[/]");

        var row = Row(
            Time(flow),
            Number(flow.Generated.PerSecond),
            Number(flow.InKafka.PerSecond),
            Number(flow.Stored.PerSecond),
            Number(flow.Stored.Total),
            Number(flow.Lag),
            Text(flow.P50Ms),
            Text(flow.P95Ms));
        if (flow.Paused || flow.Lag > SecondsOfLagToWarn * Math.Max(flow.InKafka.PerSecond, 100))
            _console.MarkupLineInterpolated($"[yellow]{row}[/]");
        else
            _console.WriteLine(row);
    });

    // Within the 80 columns of a terminal as it opens.
    private static string Row(
        string time, string generated, string kafka, string stored, string total, string lag, string p50, string p95) =>
        $"{time,8}{generated,10}{kafka,10}{stored,10}{total,13}{lag,9}{p50,9}{p95,9}";

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Time(FlowSnapshot flow) =>
        TimeSpan.FromSeconds(flow.UptimeSeconds).ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture);

    private static string Text(double? milliseconds) => milliseconds switch
    {
        null => "-",
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:N0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:N1} s"),
    };
}
