namespace Observability.Deploy.Tests.Config;

public sealed class AlloyTests
{
    private const string Base = "config.alloy";
    private const string Plain = "kafka.alloy";
    private const string Sasl = "kafka-sasl/kafka.alloy";
    private const string Kubernetes = "kubernetes.alloy";

    // What each component exports, from its reference page (v1.18.1).
    private static readonly string[] Exports = ["input", "receiver", "targets", "output"];

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
        var targets = text.Components.SelectMany(component => Exports.Select(export => $"{component}.{export}")).ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(text.References);
        Assert.All(text.References, reference => Assert.Contains(reference, targets));
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Every_component_is_used_by_another_or_is_an_end_of_the_pipeline(string[] files)
    {
        var text = AlloyText.Read(files);
        var used = text.References.Select(reference => reference[..reference.LastIndexOf('.')]).ToHashSet(StringComparer.Ordinal);
        string[] ends = ["otelcol.receiver.otlp.applications", "loki.source.kubernetes.pods", "prometheus.exporter.kafka.brokers"];
        Assert.Empty(text.Components.Except(used).Except(ends));
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Every_environment_variable_is_described_and_every_description_is_of_one(string[] files)
    {
        var text = AlloyText.Read(files);
        Assert.Empty(text.Variables.Except(text.DocumentedVariables));
        // KAFKA_SASL_* are read by the exporter of offsets in any case.
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
    public void What_keeps_lines_from_getting_lost_is_set(string setting) => Assert.Contains(setting, AlloyText.Read(Plain).Essence, StringComparison.Ordinal);

    [Fact]
    public void Prometheus_scrapes_the_Kafka_exporter_where_Alloy_serves_it()
    {
        var exporter = AlloyText.Read(Base).Components.Single(component => component.StartsWith("prometheus.exporter.kafka.", StringComparison.Ordinal));
        var paths = YamlFile.Read(Path.Combine(ConfigFiles.Prometheus, "prometheus.yml")).Maps("scrape_configs").Select(job => job.Text("metrics_path"));
        Assert.Contains($"/api/v0/component/{exporter}/metrics", paths);
    }
}
