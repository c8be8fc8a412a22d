using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Observability.AppHost;
using Observability.AppHost.Backing;
using Observability.AppHost.Configuration;
using Observability.AppHost.Ports;
using Observability.AppHost.Publishing;
using Observability.ServiceDefaults.Cli;
using Observability.ServiceDefaults.Kafka;
using Observability.ServiceDefaults.Settings;

const string Config = "../deploy/config";
const string ImageTag = "1.0.0";

if (args is ["--help" or "-h" or "-?", ..])
{
    Console.WriteLine(Usage.Text);
    return ExitCode.Success;
}

// What is published follows from the settings of this call: Aspire saves the parameters of each publish and lets them win over
// the command line of the next one, unless it is told to forget them.
var builder = DistributedApplication.CreateBuilder([.. args, "--clear-cache", "true"]);
var publishing = builder.ExecutionContext.IsPublishMode;
StackSettings stack;
ParameterSettings parameters;
try
{
    stack = SettingsReader.Read<StackSettings>(builder.Configuration);
    parameters = SettingsReader.Read<ParameterSettings>(builder.Configuration);
    if (publishing && stack.Projects.Count > 0)
        throw new SettingsException("Stack:Projects is for a run: the chart holds this stack's own services alone");
}
catch (SettingsException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return ExitCode.Usage;
}

var choice = publishing ? BackingChoice.OfTheCluster : BackingChoice.Choose(stack.Containers, builder.Configuration);
var sentences = new List<string> { choice.Sentence };
var chart = new ChartCompletion(ImageTag);
var failure = publishing ? PublishingFailure.ListenTo(builder.Services) : null;

// ── What stands behind the services: the cluster's, containers, or the embedded parts (below) ──
var backing = publishing ? InTheCluster() : choice.AreContainers ? InContainers() : WithoutContainers();
var (kafka, loki, alloy) = (backing.Kafka.Connection, backing.Loki.Connection, backing.Alloy?.Connection);

// ── LogGenerator: to Kafka directly, and to Alloy (OTLP here; in the cluster Alloy reads the pod's standard output) ──
var rate = builder.AddSetting("log-rate", parameters.LogRate, "Lines that LogGenerator makes, a second");
var generator = builder.AddProject<Projects.LogGenerator>("log-generator", launchProfileName: null)
    .WithHttpEndpoint()
    .WithServiceHealth()
    .AsOwnProcess()
    .WithPromptStop()
    .DisableForwardedHeaders()
    .WithUrlForEndpoint("http", link => (link.Url, link.DisplayText) = ("/generator", "State"))
    .WithIconName("TextBulletListAdd")
    .WithReference(kafka)
    .WithReference(loki)
    .WithEnvironment("LogGenerator__Rate", rate)
    .WithEnvironment("LogGenerator__Sinks", publishing ? "kafka,stdout" : "kafka,otlp")
    .WithEnvironment("LogGenerator__Verify__Enabled", "true")
    .WithGeneratorCommands()
    .WaitForAll(backing.Alloy, backing.Kafka, backing.Loki)
    .PublishAsHardenedService(new(CpuRequest: "100m", CpuLimit: "1", Memory: "256Mi", StopTime: TimeSpan.FromSeconds(30)));
if (alloy is not null)
    generator.WithReference(alloy);

// ── Forwarder: from Kafka to Loki ──
// In a run each replica is a resource of its own: behind one proxied address Prometheus would scrape now one, now another.
var forwarders = Enumerable.Range(1, publishing ? 1 : stack.ForwarderReplicas)
    .Select(replica => builder.AddProject<Projects.Forwarder>(replica == 1 ? "forwarder" : $"forwarder-{replica}", launchProfileName: null)
        .WithHttpEndpoint()
        .WithServiceHealth()
        .AsOwnProcess()
        .WithPromptStop()
        .DisableForwardedHeaders()
        .WithUrlForEndpoint("http", link => (link.Url, link.DisplayText) = ("/metrics", "Metrics"))
        .WithIconName("ArrowForward")
        .WithReference(kafka)
        .WithReference(loki)
        .WithLokiLimits()
        .WithReplayCommand(kafka, loki)
        .WithKillCommand()
        .WithReplicas(publishing ? stack.ForwarderReplicas : 1)
        .WithPromptDrain()
        .WaitForAll(backing.Kafka, backing.Loki)
        .PublishAsHardenedService(new(
            CpuRequest: "250m", CpuLimit: "2", Memory: "512Mi", StopTime: TimeSpan.FromSeconds(60), stack.MaximumForwarders,
            stack.ForwarderLagPerReplica)))
    .ToList();

// ── Services of one's own: their logs go the same way ──
var own = stack.Projects.Select(project => builder.AddOwnService(project.Key, project.Value, backing)).ToList();

// ── Metrics: Prometheus scrapes everyone, Grafana shows both stores ──
if (backing.Prometheus is { } prometheus)
{
    foreach (var service in new[] { backing.Kafka, backing.Loki, backing.Alloy })
    {
        if (service?.Metrics is { } metrics)
            prometheus.WithScrapeTarget(metrics.Resource.Name, metrics);
    }

    prometheus.WithScrapeTarget("log-generator", generator.GetEndpoint("http"));
    foreach (var forwarder in forwarders)
        prometheus.WithScrapeTarget("forwarder", forwarder.GetEndpoint("http"));
    foreach (var service in own)
    {
        if (service.MetricsEndpoint() is { } metrics)
            prometheus.WithScrapeTarget(service.Resource.Name, metrics);
    }
}

if (backing.Grafana is { } grafana)
{
    grafana.WithDataSource("LOKI_URL", loki).WaitForAll(backing.Loki);
    if (backing.Prometheus is not null)
    {
        grafana.WithDataSource("PROMETHEUS_URL", backing.Prometheus).WaitFor(backing.Prometheus);
        backing.Prometheus.WithScrapeTarget("grafana", grafana.Resource.PrimaryEndpoint);
    }
}

if (!publishing)
    builder.RefuseTakenPorts(LocalPort.IsFree);

await using var app = builder.Build();
var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Stack");
builder.Eventing.Subscribe<BeforeStartEvent>((_, _) =>
{
    foreach (var sentence in sentences)
        StackLog.Chosen(logger, sentence);
    return Task.CompletedTask;
});
try
{
    await app.RunAsync();
}
catch (PortTakenException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return ExitCode.Usage;
}

if (!publishing)
    return ExitCode.Success;
if (chart.Directory is null)
{
    await Console.Error.WriteLineAsync($"Nothing was published: {failure?.Message ?? "no step wrote a chart"}");
    return ExitCode.Failed;
}

StackLog.Published(logger, chart.Directory);
return ExitCode.Success;

// They have charts of their own (deploy/); the published chart only knows where they are.
BackingServices InTheCluster()
{
    builder.AddChart("kubernetes", chart);
    var servers = builder.AddSetting("kafka-bootstrap-servers", parameters.KafkaBootstrapServers, "Kafka in the cluster");
    var url = builder.AddSetting("loki-url", parameters.LokiUrl, "Loki in the cluster");
    return new(
        new(builder.AddConnectionString("kafka", ReferenceExpression.Create($"{servers}"))),
        new(builder.AddConnectionString("loki", ReferenceExpression.Create($"{url}"))));
}

BackingServices InContainers()
{
    var partitions = builder.AddSetting("kafka-partitions", parameters.KafkaPartitions, "Partitions of each topic");
    var retention = builder.AddSetting("kafka-retention-hours", parameters.KafkaRetentionHours, "How long Kafka keeps a record, in hours");
    var broker = builder.AddKafka("kafka", stack.Ports.Kafka)
        .WithKafkaUI()
        .WithDataVolume()
        .WithTopics(partitions, retention, Topics.Alloy, Topics.Generator, Topics.DeadLetters)
        .WithVerifyCommand("kafka", "to Kafka directly")
        .WithOutageCommand();

    var store = builder.AddLoki("loki", stack.Ports.Loki)
        .WithConfigFile($"{Config}/loki/loki.yaml")
        .WithDataVolume()
        .WithOutageCommand();

    var collector = builder.AddAlloy("alloy", stack.Ports.Alloy, stack.Ports.OtlpHttp, stack.Ports.OtlpGrpc)
        .WithConfigFiles(AlloyFiles())
        .WithDataVolume()
        .WithVerifyCommand("otlp", "through Alloy, over OTLP,")
        .WithEnvironment("KAFKA_BROKERS", broker.Resource.InternalEndpoint.Property(EndpointProperty.HostAndPort))
        .WaitFor(broker);

    return new(
        new(broker, broker),
        BackingService.Of(store),
        BackingService.Of(collector),
        builder.AddPrometheus("prometheus", stack.Ports.Prometheus)
            .WithConfigDirectory($"{Config}/prometheus")
            .WithDataVolume(),
        builder.AddGrafana("grafana", GrafanaPassword(), stack.Ports.Grafana)
            .WithAnonymousAccess()
            .WithDataVolume()
            .WithProvisioning($"{Config}/grafana/provisioning", $"{Config}/grafana/dashboards"));
}

// The embedded parts, and in the place of some the programs that this machine has.
BackingServices WithoutContainers()
{
    var (ports, programs) = (stack.Ports, stack.Programs);
    var metrics = MetricsPrograms.Choose(programs, ports, HostFileFinder.OnThePath, port => IsRandom() || LocalPort.IsFree(port));
    sentences.AddRange(metrics.Sentences);

    var broker = builder.AddEmbeddedKafka("kafka", ports.Kafka);
    return new(
        BackingService.Of(broker),
        programs.Loki is { } lokiProgram
            ? BackingService.Of(builder.AddLokiLocal("loki", $"{Config}/loki/loki.yaml", lokiProgram, ports.Loki))
            : BackingService.Of(builder.AddEmbeddedLoki("loki", ports.Loki)),
        programs.Alloy is { } alloyProgram
            ? BackingService.Of(builder.AddAlloyLocal("alloy", AlloyFiles(), alloyProgram, ports.Alloy, ports.OtlpHttp, ports.OtlpGrpc)
                .WithVerifyCommand("otlp", "through Alloy, over OTLP,")
                .WithEnvironment("KAFKA_BROKERS", broker.Connection.Resource.ConnectionStringExpression)
                .WaitFor(broker.Process))
            : BackingService.Of(builder.AddEmbeddedAlloy("alloy", ports.Alloy, ports.OtlpHttp, ports.OtlpGrpc, broker)),
        metrics.Prometheus is { } prometheusProgram
            ? builder.AddPrometheusLocal("prometheus", $"{Config}/prometheus", prometheusProgram, ports.Prometheus)
            : null,
        metrics.Grafana is { } grafanaProgram
            ? builder.AddGrafanaLocal("grafana", grafanaProgram, GrafanaPassword(), ports.Grafana)
                .WithAnonymousAccess()
                .WithProvisioning($"{Config}/grafana/provisioning", $"{Config}/grafana/dashboards")
            : null);
}

IEnumerable<string> AlloyFiles() => [$"{Config}/alloy/config.alloy", $"{Config}/alloy/kafka.alloy"];

IResourceBuilder<ParameterResource> GrafanaPassword() => builder
    .AddParameter("grafana-password", new GenerateParameterDefault { MinLength = 22, Special = false }, secret: true, persist: true)
    .WithDescription("Of Grafana's user admin; looking needs no login");

bool IsRandom() => builder.Configuration.GetValue<bool>("DcpPublisher:RandomizePorts");
