using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Tests.Settings;

public sealed class ForwarderOptionsValidatorTests
{
    public static TheoryData<Action<ForwarderOptions>, string> Faults => new()
    {
        { options => options.Topics = " , ", "Forwarder:Topics is ' , ': it must be at least one topic" },
        { options => options.GroupId = "", "Forwarder:GroupId is '': it must be a name" },
        { options => options.DeadLetterTopic = "", "Forwarder:DeadLetterTopic is '': it must be a topic" },
        { options => options.DeadLetterTopic = "test-logs", "Forwarder:DeadLetterTopic is 'test-logs': it must be a topic that Topics does not name" },
        { options => options.Topics = "alloy-logs,^dead.*", "Forwarder:DeadLetterTopic is 'dead-letters': it must be a topic that Topics does not name" },
        { options => options.Topics = "^logs-[", "Forwarder:Topics is '^logs-[': it must be topics, or patterns that are regular expressions" },
        { options => options.Formats["a"] = "xml", "Forwarder:Formats:a is 'xml': it must be auto, otlp-protobuf, otlp-json, json, logfmt or text" },
        { options => options.Labels = [], "Forwarder:Labels is '0': it must be 1 to 15 labels (Loki's limit)" },
        { options => options.Labels = new() { ["level"] = "", ["service"] = " ," }, "Forwarder:Labels is '0': it must be 1 to 15 labels (Loki's limit)" },
        { options => options.Labels = Enumerable.Range(0, 16).ToDictionary(i => $"l{i}", i => $"f{i}"), "Forwarder:Labels is '16': it must be 1 to 15 labels (Loki's limit)" },
        { options => options.MaxStreams = 0, "Forwarder:MaxStreams is '0': it must be 1 to 1000000" },
        { options => options.Batch.MaxBytes = 5_000_000, "Forwarder:Batch:MaxBytes is '5000000': it must be 1024 to 4000000" },
        { options => options.Batch.MaxLines = 0, "Forwarder:Batch:MaxLines is '0': it must be 1 to 1000000" },
        { options => options.Batch.MaxAge = TimeSpan.Zero, "Forwarder:Batch:MaxAge is '00:00:00': it must be 00:00:00.0010000 to 00:01:00" },
        { options => options.MaxBufferedBytes = 1, "Forwarder:MaxBufferedBytes is '1': it must be at least 4 times Batch:MaxBytes (4194304)" },
        { options => options.MaxPushesInFlight = 65, "Forwarder:MaxPushesInFlight is '65': it must be 1 to 64" },
        { options => options.CommitInterval = TimeSpan.Zero, "Forwarder:CommitInterval is '00:00:00': it must be 00:00:00.1000000 to 00:01:00" },
        { options => options.DrainTimeout = TimeSpan.FromHours(1), "Forwarder:DrainTimeout is '01:00:00': it must be 00:00:00 to 00:05:00" },
        { options => options.Loki.Timeout = TimeSpan.Zero, "Forwarder:Loki:Timeout is '00:00:00': it must be 00:00:01 to 00:10:00" },
        { options => options.Loki.MinBackoff = TimeSpan.Zero, "Forwarder:Loki:MinBackoff is '00:00:00': it must be 00:00:00.0100000 to 00:01:00" },
        { options => options.Loki.MaxBackoff = TimeSpan.FromMilliseconds(99), "Forwarder:Loki:MaxBackoff is '00:00:00.0990000': it must be 00:00:00.1000000 to 00:10:00" },
        { options => (options.Loki.Username, options.Loki.BearerToken) = ("me", "token"), "Forwarder:Loki:Username is 'me': it must be nothing when a bearer token is set" },
        { options => options.Loki.CaFile = "/no/such/file", "Forwarder:Loki:CaFile is '/no/such/file': it must be a PEM file that exists" },
        { options => options.Loki.BearerTokenFile = "/no/such/file", "Forwarder:Loki:BearerTokenFile is '/no/such/file': it must be a file that exists" },
        { options => options.Loki.Tenant = "a/b", "Forwarder:Loki:Tenant is 'a/b': it must be up to 150 letters, digits and !-_.*'()" },
    };

    [Fact]
    public void The_defaults_are_valid() => Assert.True(new ForwarderOptionsValidator().Validate(null, new()).Succeeded);

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_is_one_line_with_the_setting_its_value_and_what_it_accepts(Action<ForwarderOptions> spoil, string expected)
    {
        var options = new ForwarderOptions();
        spoil(options);

        Assert.Equal([expected], new ForwarderOptionsValidator().Validate(null, options).Failures);
    }

    [Fact]
    public void All_faults_are_told_at_once() =>
        Assert.Equal(2, new ForwarderOptionsValidator().Validate(null, new() { MaxStreams = 0, MaxPushesInFlight = 0 }).Failures!.Count());

    [Theory]
    [InlineData("OTLP-Protobuf", "OtlpProtobuf")]
    [InlineData("otlp-json", "OtlpJson")]
    [InlineData("json", "Json")]
    [InlineData("logfmt", "Logfmt")]
    [InlineData("text", "Text")]
    [InlineData("auto", "Auto")]
    public void Formats_have_names(string name, string expected)
    {
        Assert.True(ForwarderOptionsValidator.TryParseFormat(name, out var format));
        Assert.Equal(Enum.Parse<RecordFormat>(expected), format);
    }
}
