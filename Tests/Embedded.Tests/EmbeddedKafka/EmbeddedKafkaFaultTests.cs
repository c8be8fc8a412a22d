using Confluent.Kafka;
using Observability.Embedded.EmbeddedKafka;

namespace Observability.Embedded.Tests.EmbeddedKafka;

public sealed class EmbeddedKafkaFaultTests : IDisposable
{
    private readonly EmbeddedKafkaBroker _broker = EmbeddedKafkaBroker.Start(new() { Brokers = 2, Topics = { [KafkaClients.Topic] = 1 } });

    public void Dispose() => _broker.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task An_error_of_produce_reaches_the_client_and_the_next_request_passes()
    {
        var ct = TestContext.Current.CancellationToken;
        using var producer = _broker.CreateProducer();
        _broker.FailNext(KafkaApi.Produce, ErrorCode.InvalidRecord);

        var error = await Assert.ThrowsAsync<ProduceException<Null, string>>(() => ProduceAsync(producer, ct));
        var result = await ProduceAsync(producer, ct);

        Assert.Equal(ErrorCode.InvalidRecord, error.Error.Code);
        Assert.Equal(0, result.Offset.Value);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_producer_outlives_retriable_errors_and_broken_connections()
    {
        var ct = TestContext.Current.CancellationToken;
        using var producer = _broker.CreateProducer();
        _broker.FailNext(KafkaApi.Produce, ErrorCode.RequestTimedOut, ErrorCode.NotEnoughReplicas, ErrorCode.Local_Transport);

        var result = await ProduceAsync(producer, ct);

        Assert.Equal(PersistenceStatus.Persisted, result.Status);
    }

    [Fact(Timeout = 60_000)]
    public async Task Errors_that_no_request_has_met_are_forgotten_when_told_so()
    {
        var ct = TestContext.Current.CancellationToken;
        using var producer = _broker.CreateProducer();
        _broker.FailNext(KafkaApi.Produce, ErrorCode.InvalidRecord);
        _broker.StopFailing(KafkaApi.Produce);

        Assert.Equal(PersistenceStatus.Persisted, (await ProduceAsync(producer, ct)).Status);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_consumer_outlives_errors_of_fetch()
    {
        var ct = TestContext.Current.CancellationToken;
        using var producer = _broker.CreateProducer();
        using var member = _broker.JoinGroup();
        await ProduceAsync(producer, ct, "before");
        await member.HasReadAsync(1, ct);

        _broker.FailNext(KafkaApi.Fetch, ErrorCode.Unknown, ErrorCode.Local_Transport);
        await ProduceAsync(producer, ct, "after");
        await member.HasReadAsync(2, ct);

        Assert.Equal(["before", "after"], member.Values);
    }

    [Fact(Timeout = 60_000)]
    public async Task Clients_carry_on_when_brokers_that_were_down_are_back_and_nothing_is_lost()
    {
        var ct = TestContext.Current.CancellationToken;
        using var producer = _broker.CreateProducer();
        using var member = _broker.JoinGroup();
        await ProduceAsync(producer, ct, "before");
        await member.HasReadAsync(1, ct);

        _broker.TakeDown();
        var whileDown = ProduceAsync(producer, ct, "while down");
        _broker.BringUp();
        await whileDown;
        await member.HasReadAsync(2, ct);

        Assert.Equal(["before", "while down"], member.Values);
    }

    [Fact(Timeout = 60_000)]
    public async Task Brokers_that_are_down_refuse_connections()
    {
        var ct = TestContext.Current.CancellationToken;
        _broker.TakeDown();
        using var producer = _broker.CreateProducer(config => config.MessageTimeoutMs = 500);

        var error = await Assert.ThrowsAsync<ProduceException<Null, string>>(() => ProduceAsync(producer, ct));

        Assert.Equal(ErrorCode.Local_MsgTimedOut, error.Error.Code);
    }

    [Fact(Timeout = 60_000)]
    public async Task Clients_follow_a_partition_to_its_new_leader()
    {
        var ct = TestContext.Current.CancellationToken;
        using var producer = _broker.CreateProducer();
        using var member = _broker.JoinGroup();
        _broker.MoveLeader(KafkaClients.Topic, 0, brokerId: 1);
        await ProduceAsync(producer, ct, "on the first");
        await member.HasReadAsync(1, ct);

        _broker.MoveLeader(KafkaClients.Topic, 0, brokerId: 2);
        await ProduceAsync(producer, ct, "on the second");
        await member.HasReadAsync(2, ct);

        Assert.Equal(["on the first", "on the second"], member.Values);
    }

    [Fact(Timeout = 60_000)]
    public async Task Latency_delays_answers_until_it_is_taken_away()
    {
        var ct = TestContext.Current.CancellationToken;
        using var impatient = _broker.CreateProducer(config => config.MessageTimeoutMs = 500);
        await ProduceAsync(impatient, ct);
        _broker.SetLatency(TimeSpan.FromMinutes(1));

        var error = await Assert.ThrowsAsync<ProduceException<Null, string>>(() => ProduceAsync(impatient, ct));
        _broker.SetLatency(TimeSpan.Zero);

        Assert.Equal(ErrorCode.Local_MsgTimedOut, error.Error.Code);
        Assert.Equal(PersistenceStatus.Persisted, (await ProduceAsync(impatient, ct)).Status);
    }

    private static Task<DeliveryResult<Null, string>> ProduceAsync(IProducer<Null, string> producer, CancellationToken ct,
        string value = "line") =>
        producer.ProduceAsync(KafkaClients.Topic, new() { Value = value }, ct);
}
