namespace Observability.Forwarder.Tests.Cli;

/// <summary>Tests that read the console of the process, one at a time.</summary>
[CollectionDefinition(nameof(OneConsole), DisableParallelization = true)]
public sealed class OneConsole;
