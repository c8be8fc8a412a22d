using Observability.AllInOne.Cli;
using Observability.ServiceDefaults.Cli;

// A terminal has no reader that goes before the program does.
if (Console.IsOutputRedirected)
    Console.SetOut(new StreamWriter(StandardStreams.OpenOutput()) { AutoFlush = true });
return await AllInOneCommand.RunAsync(args, Console.Out, Console.Error);
