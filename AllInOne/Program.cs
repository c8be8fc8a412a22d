using Observability.AllInOne.Cli;

return await AllInOneCommand.RunAsync(args, Console.Out, Console.Error);
