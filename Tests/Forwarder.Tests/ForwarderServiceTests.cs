using Confluent.Kafka;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Observability.Forwarder.Tests.Kafka;

namespace Observability.Forwarder.Tests;

public sealed class ForwarderServiceTests : IDisposable
{
    private readonly WholeLoop _loop = new();
    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly LogRecorder<ForwarderService> _log = new();

    [Fact(Timeout = 60_000)]
    public async Task A_stop_leaves_the_group_so_that_others_take_over_at_once()
    {
        var isClosed = await RunAsync(hasBroker: true, StopAsync);

        Assert.True(isClosed);
        Assert.Equal("Stopped: offsets committed, group left", Assert.Single(_log.Lines).Text);
        Assert.False(_lifetime.ApplicationStopping.IsCancellationRequested);
    }

    /// <summary>Leaving the group would wait for the end of the session.</summary>
    [Fact(Timeout = 60_000)]
    public async Task Without_a_broker_a_stop_says_that_lines_are_sent_again_and_does_not_wait()
    {
        var isClosed = await RunAsync(hasBroker: false, StopAsync);

        Assert.False(isClosed);
        Assert.Contains("sent again", Assert.Single(_log.Lines).Text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_cannot_be_recovered_from_is_said_and_ends_the_process_with_1()
    {
        var before = Environment.ExitCode;
        try
        {
            Environment.ExitCode = 0;
            _loop.Fatal.Report(new InvalidDataException("fenced"));

            var isClosed = await RunAsync(hasBroker: true, service => service.ExecuteTask!);

            Assert.True(isClosed);
            Assert.Equal(1, Environment.ExitCode);
            Assert.True(_lifetime.ApplicationStopping.IsCancellationRequested);
            Assert.Equal("The Forwarder cannot go on: fenced", _log.Lines[0].Text);
        }
        finally
        {
            Environment.ExitCode = before;
        }
    }

    public void Dispose() => _loop.Dispose();

    private static Task StopAsync(ForwarderService service) => service.StopAsync(TestContext.Current.CancellationToken);

    private async Task<bool> RunAsync(bool hasBroker, Func<ForwarderService, Task> end)
    {
        var config = new ConsumerConfig { BootstrapServers = "127.0.0.1:1", GroupId = "none" };
        if (hasBroker)
            config.Set("test.mock.num.brokers", "1");
        using var client = new ConsumerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).Build();
        var (consumer, fake) = ClosingConsumer.Create(client.Handle);
        using var service = new ForwarderService(_loop.Pipeline, consumer, _lifetime, _log);

        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Consumer.OnRead = _ => reading.TrySetResult();
        await service.StartAsync(TestContext.Current.CancellationToken);
        await reading.Task.WaitAsync(TestContext.Current.CancellationToken);
        await end(service);

        return fake.IsClosed;
    }
}
