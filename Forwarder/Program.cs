using Observability.Forwarder.Cli;

return await ForwarderCommand.RunAsync(args, Console.Out, Console.Error, CancellationToken.None);
