using System.Globalization;
using Microsoft.Extensions.Logging.Console;
using Observability.AllInOne.Flow;
using Observability.AllInOne.Settings;
using Observability.AllInOne.Web;
using Observability.Embedded.EmbeddedCollector;
using Observability.Embedded.EmbeddedKafka;
using Observability.Embedded.EmbeddedLoki;
using Observability.Embedded.Faults;
using Observability.LogGenerator.Settings;
using Observability.ServiceDefaults.Cli;
using Observability.ServiceDefaults.Settings;

namespace Observability.AllInOne.Hosting;

/// <summary>Everything in one process: the broker, the generator, the Forwarder, the store and the web page.</summary>
internal sealed class AllInOneApplication : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly EmbeddedKafkaBroker _broker;
    private readonly LoopbackListeners _listeners;
    private readonly AllInOneSettings _settings;

    private AllInOneApplication(
        WebApplication app, EmbeddedKafkaBroker broker, LoopbackListeners listeners, AllInOneAddresses addresses, AllInOneSettings settings)
    {
        (_app, _broker, _listeners, _settings) = (app, broker, listeners, settings);
        Addresses = addresses;
    }

    /// <summary>Where all HTTP is, but for OTLP.</summary>
    public Uri Address => Addresses.Http;

    /// <summary>Where everything is.</summary>
    public AllInOneAddresses Addresses { get; }

    /// <summary>The broker.</summary>
    public EmbeddedKafkaBroker Broker => _broker;

    /// <summary>What flows.</summary>
    public FlowMonitor Flow => _app.Services.GetRequiredService<FlowMonitor>();

    /// <summary>Puts everything together; nothing flows yet, but all ports are taken.</summary>
    /// <param name="options">The settings of the command line.</param>
    /// <param name="output">Where the flow is shown.</param>
    /// <param name="error">Where it is said that the flow cannot be shown.</param>
    /// <exception cref="PortInUseException">A port is taken.</exception>
    /// <exception cref="SettingsException">A setting is wrong.</exception>
    public static AllInOneApplication Create(CommandLineSettings options, TextWriter output, TextWriter error)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.UseCommandLine(options);
        builder.Configuration.AddDefaults(Defaults);
        var settings = SettingsReader.Read<AllInOneSettings>(builder.Configuration);

        var listeners = new LoopbackListeners();
        EmbeddedKafkaBroker? broker = null;
        try
        {
            var http = listeners.AddHttp(settings.Port, "--port");
            var otlp = listeners.AddHttp(settings.OtlpPort, "--otlp-port");
            var otlpGrpc = listeners.AddOtlpGrpc(settings.OtlpGrpcPort, "--otlp-grpc-port");
            broker = PipelineBroker.Start(settings);
            var addresses = new AllInOneAddresses(http, otlp, otlpGrpc, broker.BootstrapServers);
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["ConnectionStrings:kafka"] = broker.BootstrapServers,
                ["ConnectionStrings:loki"] = http.ToString().TrimEnd('/'),
                ["ConnectionStrings:alloy"] = otlp.ToString().TrimEnd('/'),
                [$"{LogGeneratorSettings.Section}:{nameof(LogGeneratorSettings.Enabled)}"] = settings.Generator.ToString(),
            });
            AddServices(builder, settings, broker, listeners);
            builder.Services.AddSingleton(services => new FlowConsole(output, error, services.GetRequiredService<FlowMonitor>()));
            var app = builder.Build();
            Map(app);
            return new AllInOneApplication(app, broker, listeners, addresses, settings);
        }
        catch
        {
            broker?.Dispose();
            listeners.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Runs until it is told to stop or its duration is over; then the generator stops, what is under way arrives, and all else stops.
    /// </summary>
    /// <param name="started">Told when everything runs.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>Whether every line had arrived in the end.</returns>
    public async Task<bool> RunAsync(Action<AllInOneApplication>? started, CancellationToken cancellationToken)
    {
        // Resolved now: the host disposes of its services when it has stopped.
        var console = _app.Services.GetRequiredService<FlowConsole>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Later, as if somebody else had asked: the one who finds out must not wait for the stop.
        console.ReaderGone += () => stop.CancelAfter(TimeSpan.Zero);
        using var announcement = _app.Lifetime.ApplicationStarted.Register(() =>
        {
            if (_settings.Duration is { } duration)
                stop.CancelAfter(duration);
            console.Announce(Addresses, _settings);
            started?.Invoke(this);
        });
        await _app.RunUntilStoppedAsync(stop.Token);
        return console.Summarize(_settings.Forwarder);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _broker.Dispose();
        _listeners.Dispose();
    }

    // What is right for an embedded broker; the environment can say otherwise.
    private static Dictionary<string, string?> Defaults => new()
    {
        [$"{LogGeneratorSettings.Section}:{nameof(LogGeneratorSettings.Rate)}"] = AllInOneSettings.DefaultRate.ToString(
            CultureInfo.InvariantCulture),
        // A fetch that finds nothing sleeps for its whole wait, whatever arrives meanwhile.
        ["Aspire:Confluent:Kafka:Consumer:Config:FetchWaitMaxMs"] = "20",
        // The broker lets a group that grows wait for this long, less a second: see EmbeddedKafkaBroker.
        ["Aspire:Confluent:Kafka:Consumer:Config:SessionTimeoutMs"] = "6000",
        ["Aspire:Confluent:Kafka:Consumer:Config:HeartbeatIntervalMs"] = "500",
        ["Logging:LogLevel:Default"] = nameof(LogLevel.Warning),
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = nameof(LogLevel.Warning),
    };

    private static void AddServices(
        WebApplicationBuilder builder, AllInOneSettings settings, EmbeddedKafkaBroker broker, LoopbackListeners listeners)
    {
        listeners.ListenOn(builder.WebHost);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = settings.DrainTimeout + TimeSpan.FromSeconds(10));

        builder.AddServiceDefaults();
        // People read this process's log between the lines of the flow, which have standard output to themselves.
        builder.Services.Configure<ConsoleLoggerOptions>(options =>
        {
            options.FormatterName = ConsoleFormatterNames.Simple;
            options.LogToStandardErrorThreshold = LogLevel.Trace;
        });

        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(broker);
        HeapLimit.Set(settings.StoreBytes);
        builder.Services.AddEmbeddedLoki(options => options.MaxBytes = settings.StoreBytes);
        builder.Services.AddEmbeddedCollector(options => options.BootstrapServers = broker.BootstrapServers);
        builder.Services.AddEmbeddedKafkaFaults(broker);
        builder.AddLogGenerator();
        if (settings.Forwarder)
            builder.AddForwarder();

        builder.Services.AddSingleton<FlowMeters>();
        builder.Services.AddSingleton<FlowMonitor>();
        builder.Services.AddHostedService(services => services.GetRequiredService<FlowMonitor>());
        builder.Services.AddHostedService<OrderedShutdown>();
    }

    private static void Map(WebApplication app)
    {
        app.MapDefaultEndpoints();
        app.MapLogGenerator();
        app.MapEmbeddedLoki();
        app.MapEmbeddedCollector();
        app.MapFaults();
        app.MapFlow();
        app.MapWebPage();
    }
}
