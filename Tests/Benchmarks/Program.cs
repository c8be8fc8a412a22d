using System.CommandLine;
using BenchmarkDotNet.Running;
using Observability.Benchmarks.Limits;
using Observability.Benchmarks.Service;
using Observability.Benchmarks.Throughput;

var micro = new Command("micro",
    "Decode, label, encode and compress, per line, with allocations (BenchmarkDotNet; its own arguments follow)")
{ TreatUnmatchedTokensAsErrors = false };
micro.SetAction(parsed =>
{
    BenchmarkSwitcher.FromAssembly(typeof(ThroughputCommand).Assembly).Run([.. parsed.UnmatchedTokens]);
    return 0;
});

return await new RootCommand("Benchmarks of the Forwarder")
{
    ServiceCommand.Create(),
    BareLoop.Create(),
    micro,
    LimitsCommand.Create(),
    ThroughputCommand.Create(),
    ThroughputCommand.CreateConsume(),
    ThroughputCommand.CreateForward(),
    ThroughputCommand.CreateServe(),
}.Parse(args).InvokeAsync();
