using System.CommandLine;
using System.Globalization;
using Observability.AllInOne.Hosting;
using Observability.AllInOne.Parts;
using Observability.AllInOne.Scenarios;
using Observability.AllInOne.Settings;
using Observability.Forwarder.Settings;
using Observability.LogGenerator.Settings;
using Observability.ServiceDefaults.Cli;
using Observability.ServiceDefaults.Settings;

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
    /// <returns>The exit code: see <see cref="ExitCode"/>.</returns>
    public static Task<int> RunAsync(
        string[] args, TextWriter output, TextWriter error, Action<AllInOneApplication>? started = null,
        CancellationToken cancellationToken = default)
    {
        var root = new RootCommand(
            "Runs a collector, Kafka, LogGenerator, Forwarder, a log store with Loki's API and a web page in this one process, until "
                + "Ctrl-C.");
        var noGenerator = new Option<bool>("--no-generator") { Description = "generate no lines by itself" };
        var noForwarder = new Option<bool>("--no-forwarder") { Description = "run the broker and the store without the Forwarder" };
        var host = new CommandHost(root, output, error);
        host.Add(
            root,
            [.. SettingsReader.Describe<AllInOneSettings>(), .. SettingsReader.Describe<LogGeneratorSettings>(),
                .. SettingsReader.Describe<ForwarderOptions>()],
            [
                new("--rate", SettingsReader.Describe<LogGeneratorSettings>("Rate"),
                    AllInOneSettings.DefaultRate.ToString(CultureInfo.InvariantCulture)),
                new("--pattern", SettingsReader.Describe<LogGeneratorSettings>("Pattern")),
                Option("--port", nameof(AllInOneSettings.Port)),
                Option("--kafka-port", nameof(AllInOneSettings.KafkaPort)),
                Option("--otlp-port", nameof(AllInOneSettings.OtlpPort)),
                Option("--otlp-grpc-port", nameof(AllInOneSettings.OtlpGrpcPort)),
                new("--sinks", SettingsReader.Describe<LogGeneratorSettings>("Sinks"), "kafka; otlp goes through the collector"),
                Option("--partitions", nameof(AllInOneSettings.Partitions)),
                Option("--store-bytes", nameof(AllInOneSettings.StoreBytes)),
                Option("--duration", nameof(AllInOneSettings.Duration)),
            ],
            async (settings, parsed, stop) =>
            {
                if (parsed.GetValue(noGenerator))
                    settings.Add(Key(nameof(AllInOneSettings.Generator)), bool.FalseString, noGenerator.Name);
                if (parsed.GetValue(noForwarder))
                    settings.Add(Key(nameof(AllInOneSettings.Forwarder)), bool.FalseString, noForwarder.Name);
                await using var application = AllInOneApplication.Create(settings, output, error);
                return await application.RunAsync(started, stop) ? ExitCode.Success : ExitCode.Failed;
            });
        root.Options.Add(noGenerator);
        root.Options.Add(noForwarder);
        AddPart("kafka", "Runs the embedded broker alone.",
            [nameof(AllInOneSettings.Port), nameof(AllInOneSettings.KafkaPort), nameof(AllInOneSettings.Partitions)], KafkaPart.RunAsync);
        AddPart("loki", "Runs the embedded log store alone, with a page to search it.",
            [nameof(AllInOneSettings.Port), nameof(AllInOneSettings.StoreBytes)], LokiPart.RunAsync);
        string[] ofCollector = [nameof(AllInOneSettings.Port), nameof(AllInOneSettings.OtlpPort), nameof(AllInOneSettings.OtlpGrpcPort)];
        AddPart("collector", "Runs the embedded collector alone: OTLP for logs in, records as Alloy writes them out to Kafka.", ofCollector,
            CollectorPart.RunAsync, CollectorPart.Kafka);
        AddScenario();
        return host.RunAsync(args, cancellationToken);

        void AddScenario()
        {
            var name = new Argument<string>(
                "NAME")
            { Description = $"{AlloyKafkaScenario.Name}: what is lost and what comes twice while Kafka is away" };
            name.CompletionSources.Add(AlloyKafkaScenario.Name);
            name.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<string>() is var given && given != AlloyKafkaScenario.Name)
                    result.AddError($"NAME is '{given}': it must be {AlloyKafkaScenario.Name}");
            });
            var scenario = new Command("scenario",
                "Lets parts fail on purpose while numbered lines are sent, and prints what became of them.");
            scenario.Arguments.Add(name);
            host.Add(
                scenario,
                SettingsReader.Describe<ScenarioSettings>(),
                [
                    new("--outage", SettingsReader.Describe<ScenarioSettings>(nameof(ScenarioSettings.Outage))),
                    new("--rate", SettingsReader.Describe<ScenarioSettings>(nameof(ScenarioSettings.Rate))),
                    new("--otlp", SettingsReader.Describe<ScenarioSettings>(nameof(ScenarioSettings.Otlp))),
                    new("--kafka-port", SettingsReader.Describe<ScenarioSettings>(nameof(ScenarioSettings.KafkaPort))),
                ],
                async (options, _, stop) =>
                {
                    var settings = SettingsReader.Read<ScenarioSettings>(
                        new ConfigurationBuilder().AddEnvironmentVariables().Add(options).Build());
                    return await new AlloyKafkaScenario(settings, output, TimeProvider.System).RunAsync(stop)
                        ? ExitCode.Success
                        : ExitCode.Failed;
                });
        }

        void AddPart(string name, string description, string[] settings, Func<CommandLineSettings, CancellationToken, Task> run,
            params SettingOption[] further) => host.Add(
            new Command(name, description),
            [.. settings.Select(setting => SettingsReader.Describe<AllInOneSettings>(setting))],
            [.. settings.Select(setting => Option(OptionName(setting), setting)), .. further],
            async (options, _, stop) =>
            {
                await run(options, stop);
                return ExitCode.Success;
            });
    }

    private static string OptionName(string setting) => setting switch
    {
        nameof(AllInOneSettings.KafkaPort) => "--kafka-port",
        nameof(AllInOneSettings.OtlpPort) => "--otlp-port",
        nameof(AllInOneSettings.OtlpGrpcPort) => "--otlp-grpc-port",
        nameof(AllInOneSettings.StoreBytes) => "--store-bytes",
        _ => "--" + setting.ToLowerInvariant(),
    };

    private static SettingOption Option(string name, string setting) => new(name, SettingsReader.Describe<AllInOneSettings>(setting));

    private static string Key(string name) => $"{AllInOneSettings.Section}:{name}";
}
