using Observability.Forwarder.Cli;

return await ForwarderCommand.RunAsync(args, CancellationToken.None);
