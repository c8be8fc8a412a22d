using Observability.AllInOne.Cli;
using Observability.AllInOne.Flow;
using Observability.AllInOne.Hosting;

namespace Observability.AllInOne.Tests.Host;

/// <summary>The program, run by its command line on free ports.</summary>
internal sealed class RunningAllInOne : IAsyncDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<AllInOneApplication> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<int> _exit;

    private RunningAllInOne(string[] args) =>
        _exit = Task.Run(() => AllInOneCommand.RunAsync(args, _output, _error, _started.SetResult, _stop.Token));

    public AllInOneApplication Application => _started.Task.Result;

    public HttpClient Client { get; } = new();

    public string Output => _output.ToString();

    public static async Task<RunningAllInOne> StartAsync(CancellationToken ct, params string[] args)
    {
        // What is under way may take longer to arrive on a machine that does much else.
        var running = new RunningAllInOne(
            ["--port", "0", "--kafka-port", "0", "--otlp-port", "0", "--otlp-grpc-port", "0", "--AllInOne:DrainTimeout=60s", .. args]);
        if (await Task.WhenAny(running._started.Task, running._exit).WaitAsync(ct) == running._exit)
            Assert.Fail($"It ended with {await running._exit}: {running._error}");
        running.Client.BaseAddress = running.Application.Address;
        return running;
    }

    /// <summary>Waits for a snapshot of the flow that is as it should be.</summary>
    public async Task<FlowSnapshot> FlowAsync(Func<FlowSnapshot, bool> isWanted, CancellationToken ct)
    {
        var found = new TaskCompletionSource<FlowSnapshot>(TaskCreationOptions.RunContinuationsAsynchronously);
        Application.Flow.Sampled += Look;
        Look(Application.Flow.Latest);
        var flow = await found.Task.WaitAsync(ct);
        Application.Flow.Sampled -= Look;
        return flow;

        void Look(FlowSnapshot snapshot)
        {
            if (isWanted(snapshot))
                found.TrySetResult(snapshot);
        }
    }

    /// <summary>Stops it as Ctrl-C does.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync()
    {
        await _stop.CancelAsync();
        return await _exit;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Client.Dispose();
        _stop.Dispose();
    }
}
