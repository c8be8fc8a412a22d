using System.CommandLine;
using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Observability.LogGenerator.Control;
using Observability.LogGenerator.Generation;
using Observability.LogGenerator.Settings;
using Observability.LogGenerator.Sinks;
using Observability.ServiceDefaults.Cli;
using Observability.ServiceDefaults.Settings;

namespace Observability.LogGenerator.Cli;

/// <summary><c>run</c>: makes lines until it is stopped or has made enough, with the control API beside it.</summary>
internal static class RunCommand
{
    // A run that ends is often one of several: none should fail because another has the port.
    private const string AnyPort = "http://127.0.0.1:0";

    // How long a sink may take nothing, where a person waits for the end.
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Adds the command.</summary>
    public static void AddTo(CommandHost host, Command command, CommandContext context) => host.Add(
        command,
        [ConnectionSettings.Kafka(), ConnectionSettings.Otlp(), ConnectionSettings.Loki(),
            .. SettingsReader.Describe<LogGeneratorSettings>(), ConnectionSettings.KafkaClient("Producer")],
        [
            Option("--rate", "Rate"),
            Option("--pattern", "Pattern"),
            Option("--seed", "Seed"),
            Option("--lines", "Lines"),
            Option("--duration", "Duration"),
            Option("--sink", "Sinks"),
            Option("--topic", "Topic"),
            new("--kafka", ConnectionSettings.Kafka()),
            Option("--otlp", "Otlp:Endpoint"),
            Option("--timeout", "Timeout"),
            new("--urls", "urls",
                $"where metrics and health are (default {ControlListener.DefaultUrl}; any free port for a run that ends)", "URLS"),
            Option("--control", "ControlUrl"),
        ],
        (settings, _, stop) => RunAsync(context, settings, stop));

    private static SettingOption Option(string name, string setting) => new(name, SettingsReader.Describe<LogGeneratorSettings>(setting));

    private static async Task<int> RunAsync(CommandContext context, CommandLineSettings options, CancellationToken stop)
    {
        var builder = WebApplication.CreateBuilder();
        builder.UseCommandLine(options);
        var settings = SettingsReader.Read<LogGeneratorSettings>(builder.Configuration);
        settings.StopsHost = true;
        if (settings.Ends)
            settings.Timeout ??= DefaultTimeout;
        builder.Services.AddSingleton(new StandardOutput(context.Output));
        builder.AddServiceDefaults();
        builder.AddLogGenerator(settings);
        ControlListener.Use(builder, settings.ControlUrl, settings.Ends ? AnyPort : ControlListener.DefaultUrl);

        await using var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapLogGenerator();
        if (context.Started is { } started)
            app.Lifetime.ApplicationStarted.Register(
                () => started(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray()));

        // Resolved now: the run disposes the services at its end.
        var generator = app.Services.GetRequiredService<GeneratorService>();
        var engine = app.Services.GetRequiredService<GeneratorEngine>();
        var sinks = app.Services.GetRequiredService<SinkSet>();
        await app.RunUntilStoppedAsync(stop);
        return await FinishAsync(context.Error, generator, engine, sinks, settings.Ends);
    }

    private static async Task<int> FinishAsync(
        TextWriter error, GeneratorService generator, GeneratorEngine engine, SinkSet sinks, bool ends)
    {
        var seconds = engine.Elapsed.TotalSeconds;
        await error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{engine.Lines} lines, {engine.Bytes} bytes in {seconds:0.0} s ({(seconds > 0 ? engine.Lines / seconds : 0):0.0} lines/s); {sinks.Summary}"));
        switch (generator.Failure)
        {
            case UnreachableException unreachable:
                throw unreachable;
            case { } failure:
                await error.WriteLineAsync($"The run failed: {failure.Message}");
                return ExitCode.Failed;
        }

        if (sinks.FailedLines > 0)
            return ExitCode.Failed;
        return ends && !generator.IsFinished ? ExitCode.Interrupted : ExitCode.Success;
    }
}
