using System.CommandLine;
using Microsoft.Extensions.Options;
using Observability.AllInOne.Hosting;
using Observability.AllInOne.Parts;
using Observability.Embedded.EmbeddedKafka;
using Observability.LogGenerator.Configuration;
using Observability.LogGenerator.Patterns;
using SettingOption = Observability.LogGenerator.Cli.SettingOption;

namespace Observability.AllInOne.Cli;

/// <summary>The command line.</summary>
internal static class AllInOneCommand
{
    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="output">Where the flow is shown.</param>
    /// <param name="error">Where faults are named.</param>
    /// <param name="started">Told when everything runs; null when nobody asks.</param>
    /// <param name="cancellationToken">Stops as Ctrl-C does.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        string[] args, TextWriter output, TextWriter error, Action<AllInOneApplication>? started = null, CancellationToken cancellationToken = default)
    {
        SettingOption[] options =
        [
            new("--rate", $"{LogGeneratorSettings.Section}:Rate", $"lines a second that are generated (default {AllInOneSettings.DefaultRate})", "N"),
            new("--pattern", $"{LogGeneratorSettings.Section}:Pattern", $"one of {LinePatterns.Names} (default steady)", "NAME"),
            new("--port", Key(nameof(AllInOneSettings.Port)), $"port of the web page, Loki's API, metrics and control; 0 for any (default {AllInOneSettings.DefaultPort})", "PORT"),
            new("--kafka-port", Key(nameof(AllInOneSettings.KafkaPort)), $"port of the Kafka broker; 0 for any (default {AllInOneSettings.DefaultKafkaPort})", "PORT"),
            new("--partitions", Key(nameof(AllInOneSettings.Partitions)), $"partitions of the topics, of which each keeps 5 MiB (default {EmbeddedKafkaOptions.DefaultPartitions})", "N"),
            new("--store-bytes", Key(nameof(AllInOneSettings.StoreBytes)), "memory of the log store, such as 256MiB (default 512MiB)", "SIZE"),
            new("--duration", Key(nameof(AllInOneSettings.Duration)), "stops after so long, such as 30s or 5m (default: at Ctrl-C)", "TIME"),
        ];
        var noGenerator = new Option<bool>("--no-generator") { Description = "generate no lines by itself" };
        var noForwarder = new Option<bool>("--no-forwarder") { Description = "run the broker and the store without the Forwarder" };
        var root = new RootCommand("Runs Kafka, LogGenerator, Forwarder, a log store with Loki's API and a web page in this one process, until Ctrl-C.");
        foreach (var option in options)
            root.Add(option);
        root.Add(noGenerator);
        root.Add(noForwarder);
        root.SetAction((result, token) => RunAsync(Settings(result), output, error, started, token));
        root.Add(Part("kafka", "Runs the embedded broker alone.", ["--port", "--kafka-port", "--partitions"], (settings, token) => KafkaPart.RunAsync(settings, null, token)));
        root.Add(Part("loki", "Runs the embedded log store alone, with a page to search it.", ["--port", "--store-bytes"], (settings, token) => LokiPart.RunAsync(settings, null, token)));

        var parsed = root.Parse(args);
        if (parsed.Errors is [var fault, ..])
        {
            await error.WriteLineAsync(fault.Message);
            return ExitCode.Usage;
        }

        // The host handles the signals: it has more to do than to cancel.
        var invocation = new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = null };
        return await parsed.InvokeAsync(invocation, cancellationToken);

        Command Part(string name, string description, string[] accepts, Func<Dictionary<string, string?>, CancellationToken, Task> runAsync)
        {
            var command = new Command(name, description);
            var accepted = options.Where(option => accepts.Contains(option.Name)).ToList();
            foreach (var option in accepted)
                command.Add(option);
            command.SetAction((result, token) => RunAsync(
                async () =>
                {
                    var settings = new Dictionary<string, string?>();
                    foreach (var option in accepted)
                        option.AddTo(settings, result);
                    await runAsync(settings, token);
                    return ExitCode.Success;
                },
                error));
            return command;
        }

        Dictionary<string, string?> Settings(ParseResult result)
        {
            var settings = new Dictionary<string, string?>();
            foreach (var option in options)
                option.AddTo(settings, result);
            if (result.GetValue(noGenerator))
                settings[Key(nameof(AllInOneSettings.Generator))] = bool.FalseString;
            if (result.GetValue(noForwarder))
                settings[Key(nameof(AllInOneSettings.Forwarder))] = bool.FalseString;
            return settings;
        }
    }

    private static Task<int> RunAsync(
        Dictionary<string, string?> settings, TextWriter output, TextWriter error, Action<AllInOneApplication>? started, CancellationToken cancellationToken) => RunAsync(
        async () =>
        {
            await using var application = AllInOneApplication.Create(settings, output);
            return await application.RunAsync(started, cancellationToken) ? ExitCode.Success : ExitCode.Failed;
        },
        error);

    private static async Task<int> RunAsync(Func<Task<int>> runAsync, TextWriter error)
    {
        try
        {
            return await runAsync();
        }
        catch (OptionsValidationException fault)
        {
            await error.WriteLineAsync(fault.Message);
            return ExitCode.Usage;
        }
        catch (PortInUseException fault)
        {
            await error.WriteLineAsync(fault.Message);
            return ExitCode.Failed;
        }
    }

    private static string Key(string name) => $"{AllInOneSettings.Section}:{name}";
}
