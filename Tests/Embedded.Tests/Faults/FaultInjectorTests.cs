using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Observability.Embedded.EmbeddedKafka;
using Observability.Embedded.Faults;
using Observability.Embedded.Tests.EmbeddedKafka;

namespace Observability.Embedded.Tests.Faults;

public sealed class FaultInjectorTests : IDisposable
{
    private static readonly Dictionary<string, string> ForTenSeconds = new() { ["seconds"] = "10" };

    private readonly FakeTimeProvider _time = new();
    private readonly EmbeddedKafkaBroker _broker = EmbeddedKafkaBroker.Start(new() { Topics = { [KafkaClients.Topic] = 1 } });
    private readonly FaultInjector _faults;

    public FaultInjectorTests() => _faults = new([new BrokerOutage(_broker)], _time, NullLogger<FaultInjector>.Instance);

    public void Dispose()
    {
        _faults.Dispose();
        _broker.Dispose();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_broker_is_away_for_as_long_as_asked_and_then_back_with_what_it_had()
    {
        using var producer = _broker.CreateProducer(config => config.MessageTimeoutMs = 500);
        await ProduceAsync(producer);

        _faults.Begin("kafka-outage", ForTenSeconds);
        await Assert.ThrowsAsync<ProduceException<Null, string>>(() => ProduceAsync(producer));
        _time.Advance(TimeSpan.FromSeconds(10));

        using var patient = _broker.CreateProducer();
        await ProduceAsync(patient);
        Assert.Equal(2, (await _broker.GetEndOffsetsAsync(KafkaClients.Topic)).Values.Sum(end => end.Value));
    }

    [Fact]
    public void A_fault_tells_how_long_it_will_last_and_that_it_is_over()
    {
        Assert.Null(_faults.Find("kafka-outage")!.Active);
        Assert.Equal(10, _faults.Begin("kafka-outage", ForTenSeconds)!.Active!.RemainingSeconds);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(6, Assert.Single(_faults.List()).Active!.RemainingSeconds);
        _time.Advance(TimeSpan.FromSeconds(6));
        var over = _faults.Find("kafka-outage")!;
        Assert.Null(over.Active);
        Assert.Equal((10, 0.0), (over.Last!.Arguments["seconds"], over.Last.RemainingSeconds));
    }

    [Fact]
    public void One_that_is_begun_again_lasts_as_long_as_the_second_was_asked_for()
    {
        _faults.Begin("kafka-outage", ForTenSeconds);
        _time.Advance(TimeSpan.FromSeconds(9));
        _faults.Begin("kafka-outage", ForTenSeconds);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(1, _faults.Find("kafka-outage")!.Active!.RemainingSeconds);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_faults.Find("kafka-outage")!.Active);
    }

    [Fact(Timeout = 60_000)]
    public async Task All_end_when_told_so()
    {
        _faults.Begin("kafka-outage", new Dictionary<string, string>());
        _faults.EndAll();
        using var producer = _broker.CreateProducer();
        await ProduceAsync(producer);
        Assert.Null(_faults.Find("kafka-outage")!.Active);
    }

    private static Task<DeliveryResult<Null, string>> ProduceAsync(IProducer<Null, string> producer) =>
        producer.ProduceAsync(KafkaClients.Topic, new() { Value = "line" }, TestContext.Current.CancellationToken);
}
