using Observability.LogGenerator.Cli;

return await LogGeneratorCommand.RunAsync(args);
