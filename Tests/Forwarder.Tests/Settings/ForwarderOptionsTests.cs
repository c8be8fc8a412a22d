using Microsoft.Extensions.Configuration;
using Observability.Forwarder.Settings;
using Observability.ServiceDefaults.Settings;

namespace Observability.Forwarder.Tests.Settings;

public sealed class ForwarderOptionsTests
{
    public static TheoryData<string, string> Faults => new()
    {
        { "Topics= , ", "Forwarder:Topics is ' , ': it must be at least one topic" },
        { "DeadLetterTopic=test-logs", "Forwarder:DeadLetterTopic is 'test-logs': it must be a topic that Topics does not name" },
        { "Topics=alloy-logs,^dead.*", "Forwarder:DeadLetterTopic is 'dead-letters': it must be a topic that Topics does not name" },
        { "Topics=^logs-[", "Forwarder:Topics is '^logs-[': it must be topics, or patterns that are regular expressions" },
        { "Formats:a=xml",
            "Forwarder:Formats:a is 'xml': it must be one of auto, otlp-protobuf, otlp-json, json, json-array, logfmt or text" },
        { "Labels:namespace=;Labels:level=;Labels:service= ,", "Forwarder:Labels is '0': it must be 1 to 15 labels (Loki's limit)" },
        { string.Join(';', Enumerable.Range(0, 13).Select(i => $"Labels:l{i}=f{i}")),
            "Forwarder:Labels is '16': it must be 1 to 15 labels (Loki's limit)" },
        { "MaxStreams=0", "Forwarder:MaxStreams is '0': it must be a whole number from 1 to 1000000" },
        { "MaxTimeAhead=soon",
            "Forwarder:MaxTimeAhead is 'soon': it must be a duration from 0s to 365d, such as 500ms, 30s, 5m, 1h or 00:00:30" },
        { $"Metadata:m={string.Join(',', Enumerable.Range(0, 200).Select(i => $"f{i}"))}",
            "Forwarder:Metadata is '226': it must be at most 100 fields, those of Labels and TimestampFields included" },
        { "Batch:MaxBytes=5000000",
            "Forwarder:Batch:MaxBytes is '5000000': it must be a size from 1KiB to 4MB, such as 512KiB, 64MiB or 1000000" },
        { "Batch:MaxAge=0s",
            "Forwarder:Batch:MaxAge is '0s': it must be a duration from 1ms to 1m, such as 500ms, 30s, 5m, 1h or 00:00:30" },
        { "MaxBufferedBytes=1", "Forwarder:MaxBufferedBytes is '1': it must be at least 4 times Batch:MaxBytes (4194304)" },
        { "Loki:MaxBackoff=99ms", "Forwarder:Loki:MaxBackoff is '99ms': it must be at least Loki:MinBackoff (100ms)" },
        { "Loki:Username=me;Loki:BearerToken=token", "Forwarder:Loki:Username is 'me': it must be nothing when a bearer token is set" },
        { "Loki:CaFile=/no/such/file", "Forwarder:Loki:CaFile is '/no/such/file': it must be a PEM file that exists" },
        { "Loki:BearerTokenFile=/no/such/file", "Forwarder:Loki:BearerTokenFile is '/no/such/file': it must be a file that exists" },
        { "Loki:StreamRate=1B",
            "Forwarder:Loki:StreamRate is '1B': it must be a size from 1KiB to 1000GiB, such as 512KiB, 64MiB or 1000000" },
        { "Loki:StreamBurst=1B",
            "Forwarder:Loki:StreamBurst is '1B': it must be a size from 1KiB to 1000GiB, such as 512KiB, 64MiB or 1000000" },
        { "Loki:Tenant=a/b", "Forwarder:Loki:Tenant is 'a/b': it must be up to 150 letters, digits and !-_.*'()" },
    };

    [Fact]
    public void The_defaults_are_valid() => Assert.Equal(4000, Read("").MaxStreams);

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_names_the_setting_its_value_and_what_it_accepts(string settings, string expected) =>
        Assert.Equal([expected], Assert.Throws<SettingsException>(() => Read(settings)).Faults);

    [Theory]
    [InlineData("Topics=^logs-.*,other")]
    [InlineData("Topics=letters")]
    [InlineData("Topics=^letters")]
    [InlineData("Labels:level=;Labels:namespace=;Labels:service=;Labels:one=field")]
    [InlineData("Batch:MaxBytes=1MiB;MaxBufferedBytes=4MiB")]
    [InlineData("Loki:MinBackoff=1s;Loki:MaxBackoff=1s")]
    public void What_just_fits_is_valid(string settings) => Assert.NotNull(Read(settings));

    [Fact]
    public void As_many_labels_as_Loki_takes_and_as_many_fields_as_fit_are_valid()
    {
        Assert.Equal(15, Read(string.Join(';', Enumerable.Range(0, 12).Select(i => $"Labels:l{i}=f{i}"))).Labels.Count);

        var options = new ForwarderOptions();
        var used = options.Labels.Values.Concat(options.Metadata.Values).Append(options.TimestampFields)
            .SelectMany(ForwarderOptions.List).Distinct().Count();
        var most = Enumerable.Range(0, ForwarderOptions.MaxFields - used).Select(i => $"f{i}").ToList();

        Assert.NotNull(Read($"Metadata:m={string.Join(',', most)}"));
        Assert.Throws<SettingsException>(() => Read($"Metadata:m={string.Join(',', most.Append("one"))}"));
    }

    /// <summary>As the README has them.</summary>
    [Fact]
    public void The_defaults_are_those_of_the_documentation()
    {
        var options = Read("");

        Assert.Equal(
            ("alloy-logs,test-logs", "forwarder", "dead-letters", "timestamp,time,ts,@timestamp",
                "telemetry.sdk.*,loki.attribute.labels,loki.resource.labels,log.record.uid"),
            (options.Topics, options.GroupId, options.DeadLetterTopic, options.TimestampFields, options.DropAttributes));
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["namespace"] = "namespace,k8s.namespace.name,service.namespace,k8s_namespace_name",
                ["service"] = "service,service.name,service_name,app,k8s.deployment.name",
                ["level"] = "level,severity,severity_text,lvl,log.level",
            },
            options.Labels);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["pod"] = "pod,k8s.pod.name",
                ["container"] = "container,k8s.container.name",
                ["node"] = "node,k8s.node.name",
                ["trace_id"] = "TraceId",
                ["span_id"] = "SpanId",
            },
            options.Metadata);
        Assert.Equal(new Dictionary<string, string> { ["namespace"] = "default", ["service"] = "unknown" }, options.Defaults);
        Assert.Equal(
            (1 << 20, 10_000, 8 << 20, 3L << 20, 15L << 20),
            (options.Batch.MaxBytes, options.Batch.MaxLines, options.MaxBufferedBytes, options.Loki.StreamRate, options.Loki.StreamBurst));
    }

    [Fact]
    public void What_loki_takes_of_a_stream_is_written_as_in_its_own_configuration()
    {
        var loki = Read("Loki:StreamRate=64MiB;Loki:StreamBurst=128MiB;Loki:MaxChunkAge=4h").Loki;

        Assert.Equal((64L << 20, 128L << 20, TimeSpan.FromHours(4)), (loki.StreamRate, loki.StreamBurst, loki.MaxChunkAge));
    }

    [Fact]
    public void All_faults_are_found_at_once() =>
        Assert.Equal(2, Assert.Throws<SettingsException>(() => Read("MaxStreams=0;MaxPushesInFlight=0")).Faults.Count);

    [Fact]
    public void Durations_are_written_as_people_or_as_NET_write_them()
    {
        Assert.Equal(TimeSpan.FromSeconds(0.5), Read("Batch:MaxAge=500ms").Batch.MaxAge);
        Assert.Equal(TimeSpan.FromSeconds(0.5), Read("Batch:MaxAge=00:00:00.5").Batch.MaxAge);
    }

    [Theory]
    [InlineData("auto", RecordFormat.Auto)]
    [InlineData("OTLP-Protobuf", RecordFormat.OtlpProtobuf)]
    [InlineData("otlp-json", RecordFormat.OtlpJson)]
    [InlineData("json", RecordFormat.Json)]
    [InlineData("json-array", RecordFormat.JsonArray)]
    [InlineData("logfmt", RecordFormat.Logfmt)]
    [InlineData("text", RecordFormat.Text)]
    internal void Formats_have_names(string name, RecordFormat expected)
    {
        Assert.True(RecordFormats.TryParse(name, out var format));
        Assert.Equal(expected, format);
    }

    private static ForwarderOptions Read(string settings) =>
        SettingsReader.Read<ForwarderOptions>(new ConfigurationBuilder().AddInMemoryCollection(
        settings.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(setting => setting.Split('=', 2))
            .Select(parts => KeyValuePair.Create($"Forwarder:{parts[0]}", (string?)parts[1]))).Build());
}
