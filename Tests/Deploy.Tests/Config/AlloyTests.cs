using System.Globalization;
using System.Text.RegularExpressions;
using Observability.Deploy.Tests.Manifests;
using Observability.Forwarder.Settings;

namespace Observability.Deploy.Tests.Config;

public sealed class AlloyTests
{
    private const string Base = "config.alloy";
    private const string Plain = "kafka.alloy";
    private const string Sasl = "kafka-sasl/kafka.alloy";
    private const string Kubernetes = "kubernetes.alloy";

    // What each component exports, from its reference page (v1.18.1).
    private static readonly string[] Exports = ["input", "receiver", "targets", "output", "handler"];

    /// <summary>The files of each size of the stack: the inner loop, the cluster, the cluster with authentication.</summary>
    public static TheoryData<string[]> Configurations { get; } = new([Base, Plain], [Base, Plain, Kubernetes], [Base, Sasl, Kubernetes]);

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Brackets_are_balanced(string[] files) => Assert.Null(AlloyText.Read(files).Unbalanced());

    [Theory]
    [MemberData(nameof(Configurations))]
    public void No_component_is_defined_twice(string[] files) => Assert.Distinct(AlloyText.Read(files).Components);

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Every_reference_leads_to_an_export_of_a_component(string[] files)
    {
        var text = AlloyText.Read(files);
        var targets = text.Components.SelectMany(component => Exports.Select(export => $"{component}.{export}"))
            .ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(text.References);
        Assert.All(text.References, reference => Assert.Contains(reference, targets));
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Every_component_is_used_by_another_or_is_an_end_of_the_pipeline(string[] files)
    {
        var text = AlloyText.Read(files);
        var used = text.References.Select(reference => reference[..reference.LastIndexOf('.')]).ToHashSet(StringComparer.Ordinal);
        string[] ends = ["otelcol.receiver.otlp.applications", "loki.source.kubernetes.pods"];
        Assert.Empty(text.Components.Except(used).Except(ends));
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Every_environment_variable_is_described_and_every_description_is_of_one(string[] files)
    {
        var text = AlloyText.Read(files);
        Assert.Empty(text.Variables.Except(text.DocumentedVariables));
        Assert.Empty(text.DocumentedVariables.Except(text.Variables));
    }

    [Fact]
    public void With_and_without_authentication_the_lines_go_to_Kafka_the_same_way() =>
        Assert.StartsWith(AlloyText.Read(Plain).Essence.TrimEnd('}').TrimEnd(), AlloyText.Read(Sasl).Essence, StringComparison.Ordinal);

    [Theory]
    [InlineData("max_elapsed_time = \"0s\"")]
    [InlineData("block_on_overflow = true")]
    [InlineData("required_acks = -1")]
    [InlineData("partition_logs_by_resource_attributes = true")]
    [InlineData("encoding = \"otlp_proto\"")]
    [InlineData("topic = coalesce(sys.env(\"KAFKA_LOGS_TOPIC\"), \"alloy-logs\")")]
    public void What_keeps_lines_from_getting_lost_is_set(string setting) =>
        Assert.Contains(setting, AlloyText.Read(Plain).Essence, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Nothing_connects_to_Kafka_when_it_is_built_since_that_would_end_Alloy_where_no_broker_answers(string[] files) =>
        Assert.DoesNotContain(AlloyText.Read(files).Components,
            component => component.StartsWith("prometheus.exporter.kafka.", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Configurations))]
    public void What_waits_for_Kafka_waits_on_disk(string[] files)
    {
        var text = AlloyText.Read(files);
        Assert.Contains("otelcol.storage.file.queue", text.Components);
        Assert.Contains("storage = otelcol.storage.file.queue.handler", text.Body("otelcol.exporter.kafka.logs"), StringComparison.Ordinal);
        // In the storage path then, which is a volume in each size of the stack.
        Assert.DoesNotContain("directory", text.Body("otelcol.storage.file.queue"), StringComparison.Ordinal);
    }

    [Fact]
    public void In_the_cluster_the_storage_path_is_a_volume_that_outlives_the_pod()
    {
        var values = Manifest.ReadFile("deploy/values/alloy.yaml").Single();
        Assert.Equal("statefulset", values.Text("controller", "type"));
        var claim = values.Items("controller", "volumeClaimTemplates").Single()["metadata"]!["name"]!.GetValue<string>();
        var path = values.Text("alloy", "storagePath");
        Assert.Equal(claim, values.Items("alloy", "mounts",
            "extra").Single(mount => mount["mountPath"]!.GetValue<string>() == path)["name"]!.GetValue<string>());
        Assert.DoesNotContain(values.Items("controller", "volumes", "extra"), volume => volume["name"]!.GetValue<string>() == claim);
        Assert.Equal("public-preview", values.Text("alloy", "stabilityLevel"));
    }

    [Fact]
    public void On_one_machine_the_storage_path_is_a_volume_and_the_preview_is_allowed()
    {
        var integration = Repository.Read("Integrations/Alloy/AlloyBuilderExtensions.cs");
        Assert.Contains("--storage.path={DataDirectory}", integration, StringComparison.Ordinal);
        Assert.Contains("WithVolume(name ?? VolumeNameGenerator.Generate(builder, \"data\"), DataDirectory)", integration,
            StringComparison.Ordinal);
        Assert.Contains("--stability.level=public-preview", integration, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Plain)]
    [InlineData(Sasl)]
    public void A_line_fits_a_batch_a_batch_a_record_and_a_record_every_topic(string file)
    {
        var line = Sizes(AlloyText.Read(Base).Essence, @"> (\d+)").Concat(Sizes(AlloyText.Read(Base).Essence, @"Substring\([^)]*, (\d+)\)"))
            .Concat(Sizes(AlloyText.Read(Kubernetes).Essence, @"limit = ""(\d+)B""")).Distinct().ToList();
        var exporter = AlloyText.Read(file).Body("otelcol.exporter.kafka.logs");
        var batch = Sizes(exporter, @"max_size = (\d+)").Single();
        var record = Sizes(exporter, @"max_message_bytes = (\d+)").Single();
        var topics = Manifest.ReadFile("deploy/kafka/base/topics.yaml")
            .ToDictionary(topic => topic.Name,
                topic => long.Parse(topic.Text("spec", "config", "max.message.bytes"), CultureInfo.InvariantCulture));

        // The same limit for applications and pods; twice the line, since what else a record says of it has to fit as well.
        Assert.InRange(Assert.Single(line), 1_000_000, batch / 1.9);
        Assert.InRange(batch, 1, record - 50_000);
        Assert.InRange(record, 1, topics["alloy-logs"] - 100_000);
        // A dead letter is the whole record with headers.
        Assert.InRange(topics["alloy-logs"], 1, topics["dead-letters"] - 500_000);
        Assert.DoesNotContain("max.message.bytes", Repository.Read("deploy/kafka/real-cluster/kustomization.yaml"),
            StringComparison.Ordinal);

        var ofAppHost = Repository.Read("AppHost/Kafka/KafkaTopicExtensions.cs");
        Assert.Equal(topics["alloy-logs"], Sizes(ofAppHost, @"MaximumRecordBytes = (\d+) \* 1024 \* 1024;").Single() * 1024 * 1024);
        Assert.Equal(topics["dead-letters"], Sizes(ofAppHost, @"MaximumDeadLetterBytes = (\d+) \* 1024 \* 1024;").Single() * 1024 * 1024);

        // The Forwarder holds what it reads in one piece.
        Assert.InRange(topics["alloy-logs"], 1, new ForwarderOptions().MaxBufferedBytes);
    }

    [Fact]
    public void No_batch_processor_keeps_the_requests_of_senders_that_have_gone()
    {
        var text = AlloyText.Read(Base, Plain, Kubernetes);
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var next = new Queue<string>(["otelcol.receiver.otlp.applications"]);
        while (next.TryDequeue(out var component))
        {
            foreach (var consumer in text.Components.Where(
                other => text.Body(component).Contains($"{other}.input", StringComparison.Ordinal)))
            {
                if (reached.Add(consumer))
                    next.Enqueue(consumer);
            }
        }

        Assert.Contains("otelcol.exporter.kafka.logs", reached);
        Assert.DoesNotContain(reached, component => component.StartsWith("otelcol.processor.batch.", StringComparison.Ordinal));
        // Pods' lines come one by one, so theirs go through one.
        Assert.Contains("otelcol.processor.batch.pods.input", text.Body("otelcol.receiver.loki.pods"), StringComparison.Ordinal);
    }

    [Fact]
    public void Several_Alloys_share_the_pods_among_themselves()
    {
        Assert.Contains("clustering { enabled = true }", AlloyText.Read(Kubernetes).Body("loki.source.kubernetes.pods"),
            StringComparison.Ordinal);
        var values = Manifest.ReadFile("deploy/values/real-cluster/alloy.yaml").Single();
        Assert.NotEqual("1", values.Text("controller", "replicas"));
        Assert.Equal("true", values.Text("alloy", "clustering", "enabled"));
    }

    [Theory]
    [InlineData("upper\n", "upper")]
    [InlineData("windows\r\n", "windows")]
    [InlineData("\n", "")]
    [InlineData("two\n\n", "two\n")]
    [InlineData("in\nside\n", "in\nside")]
    [InlineData("without", "without")]
    public void A_line_of_a_pod_loses_its_line_feed_and_nothing_else(string read, string stored)
    {
        var body = AlloyText.Read(Kubernetes).Body("loki.process.pods");
        var stage = Regex.Match(body, """stage\.replace \{ expression = "(?<expression>[^"]+)" replace = "" \}""");
        Assert.True(stage.Success, body);
        // Go's $ is the end of the text, .NET's \z.
        var expression = stage.Groups["expression"].Value.Replace(@"\\", @"\", StringComparison.Ordinal).Replace("$", @"\z",
            StringComparison.Ordinal);
        Assert.Equal(stored, Regex.Replace(read, expression, ""));
    }

    [Fact]
    public void The_alert_on_losses_sees_a_counter_that_appears_with_its_only_one()
    {
        var rule = YamlFile.Read(ConfigFiles.Rules).Maps("groups").SelectMany(group => group.Maps("rules"))
            .Single(rule => rule.Text("alert") == "AlloyDropping");
        var counters = PromQlNames.In(rule.Text("expr")!).ToList();
        Assert.Equal(3, counters.Count);
        Assert.All(counters,
            counter => Assert.Contains($"({counter} unless {counter} offset 10m)", rule.Text("expr"), StringComparison.Ordinal));
    }

    private static IEnumerable<long> Sizes(string text, string pattern) =>
        Regex.Matches(text, pattern).Select(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
}
