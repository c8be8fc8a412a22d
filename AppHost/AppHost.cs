using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Observability.AppHost;
using Observability.AppHost.Configuration;
using Observability.AppHost.Containers;
using Observability.AppHost.Kafka;
using Observability.AppHost.Publishing;

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
StackSettings stack;
try
{
    stack = StackSettings.Read(builder.Configuration);
}
catch (OptionsValidationException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return ExitCode.Usage;
}

var publishing = builder.ExecutionContext.IsPublishMode;
var backing = publishing ? BackingServices.OfTheCluster : BackingServices.Choose(stack.Containers, builder.Configuration);
var chart = new ChartCompletion(ImageTag);
var failure = publishing ? PublishingFailure.ListenTo(builder.Services) : null;

// ── Alloy, Kafka and Loki: the cluster's, containers, or the embedded ones ───────────────────────────────────────────
IResourceBuilder<IResourceWithConnectionString> kafka;
IResourceBuilder<IResourceWithConnectionString> loki;
IResourceBuilder<IResourceWithConnectionString>? alloy = null;
(IResourceBuilder<LokiResource> Loki, IResourceBuilder<AlloyResource> Alloy)? containers = null;
var waits = new List<IResourceBuilder<IResource>>();
IResourceBuilder<IResource>? collects = null;

if (publishing)
{
    // They have charts of their own (deploy/); the published chart only knows where they are.
    builder.AddChart("kubernetes", chart);

    var servers = builder.AddSetting("kafka-bootstrap-servers", stack.KafkaBootstrapServers, "Kafka in the cluster");
    var url = builder.AddSetting("loki-url", stack.LokiUrl, "Loki in the cluster");
    kafka = builder.AddConnectionString("kafka", ReferenceExpression.Create($"{servers}"));
    loki = builder.AddConnectionString("loki", ReferenceExpression.Create($"{url}"));
}
else if (backing.AreContainers)
{
    var partitions = builder.AddSetting("kafka-partitions", stack.KafkaPartitions, "Partitions of each topic");
    var retention = builder.AddSetting("kafka-retention-hours", stack.KafkaRetentionHours, "How long Kafka keeps a record, in hours");

    var broker = builder.AddKafka("kafka", port: 9092)
        .WithKafkaUI()
        .WithDataVolume()
        .WithTopics(partitions, retention, Topics.AlloyLogs, Topics.TestLogs, Topics.DeadLetters)
        .WithOutageCommand();

    var store = builder.AddLoki("loki", port: 3100)
        .WithConfigFile($"{Config}/loki/loki.yaml")
        .WithDataVolume()
        .WithOutageCommand();

    var collector = builder.AddAlloy("alloy", port: 12345)
        .WithConfigFiles($"{Config}/alloy/config.alloy", $"{Config}/alloy/kafka.alloy")
        .WithDataVolume()
        .WithEnvironment("KAFKA_BROKERS", broker.Resource.InternalEndpoint.Property(EndpointProperty.HostAndPort))
        .WaitFor(broker);

    (alloy, kafka, loki) = (collector, broker, store);
    containers = (store, collector);
    collects = collector;
    waits.AddRange(broker, store);
}
else
{
    var broker = builder.AddEmbeddedKafka("kafka", port: 9092);
    var store = builder.AddEmbeddedLoki("loki", port: 3100);
    var collector = builder.AddEmbeddedAlloy("alloy", port: 12345, broker);
    (alloy, kafka, loki) = (collector.Connection, broker.Connection, store.Connection);
    collects = collector.Process;
    waits.AddRange(broker.Process, store.Process);
}

// ── LogGenerator: to Kafka directly, and to Alloy (OTLP here; in the cluster Alloy reads the pod's standard output) ───
var rate = builder.AddSetting("log-rate", stack.LogRate, "Lines that LogGenerator makes, a second");
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
    .PublishAsHardenedService(new(CpuRequest: "100m", CpuLimit: "1", Memory: "256Mi", StopTime: TimeSpan.FromSeconds(30)));

if (alloy is not null && collects is not null)
    generator.WithReference(alloy).WaitFor(collects);

// ── Forwarder: from Kafka to Loki ──────────────────────────────────────────────────────────────────────────────────────
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
        .WithReplayCommand(kafka, loki)
        .WithReplicas(publishing ? stack.ForwarderReplicas : 1)
        .WithPromptDrain()
        .PublishAsHardenedService(new(
            CpuRequest: "250m", CpuLimit: "2", Memory: "512Mi", StopTime: TimeSpan.FromSeconds(60), stack.ForwarderMaximumReplicas,
            stack.ForwarderLagPerReplica)))
    .ToList();

foreach (var service in forwarders.Append(generator))
{
    foreach (var dependency in waits)
        service.WaitFor(dependency);
}

// ── Metrics: Prometheus scrapes everyone, Grafana shows both stores ────────────────────────────────────────────────────
if (containers is not null)
{
    var (store, collector) = containers.Value;
    var prometheus = builder.AddPrometheus("prometheus", port: 9090)
        .WithConfigDirectory($"{Config}/prometheus")
        .WithDataVolume()
        .WithScrapeTarget("log-generator", generator.GetEndpoint("http"))
        .WithScrapeTarget("alloy", collector.Resource.PrimaryEndpoint)
        .WithScrapeTarget("loki", store.Resource.PrimaryEndpoint);

    foreach (var forwarder in forwarders)
        prometheus.WithScrapeTarget("forwarder", forwarder.GetEndpoint("http"));

    var password = builder.AddParameter("grafana-password", new GenerateParameterDefault { MinLength = 22, Special = false }, secret: true,
        persist: true)
        .WithDescription("Of Grafana's user admin; looking needs no login");
    var grafana = builder.AddGrafana("grafana", password, port: 3000)
        .WithAnonymousAccess()
        .WithDataVolume()
        .WithProvisioning($"{Config}/grafana/provisioning", $"{Config}/grafana/dashboards")
        .WithDataSource("PROMETHEUS_URL", prometheus)
        .WithDataSource("LOKI_URL", store)
        .WaitFor(prometheus)
        .WaitFor(store);

    prometheus.WithScrapeTarget("grafana", grafana.Resource.PrimaryEndpoint);
}

await using var app = builder.Build();
var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Stack");
StackLog.Chosen(logger, backing.Sentence);
await app.RunAsync();
if (!publishing)
    return ExitCode.Success;
if (chart.Directory is null)
{
    await Console.Error.WriteLineAsync($"Nothing was published: {failure?.Message ?? "no step wrote a chart"}");
    return ExitCode.NothingPublished;
}

StackLog.Published(logger, chart.Directory);
return ExitCode.Success;
