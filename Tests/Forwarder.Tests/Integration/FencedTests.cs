using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Observability.Forwarder.Tests.Integration;

/// <summary>A Forwarder whose place in the group another one has taken (<c>group.instance.id</c>).</summary>
public sealed class FencedTests
{
    /// <summary>It would read nothing any more, and stand.</summary>
    [Fact(Timeout = 120_000)]
    public async Task A_Forwarder_that_is_fenced_ends_and_does_not_stand()
    {
        var exitCode = Environment.ExitCode;
        try
        {
            await using var stack = await Stack.StartAsync();
            var host = await stack.StartForwarderAsync();
            await Stack.UntilAsync(() => Stack.MetricsOf(host).Partitions.Length == 6);

            NativeClient.Fence(host.Services.GetRequiredService<IConsumer<byte[], byte[]>>());

            await host.WaitForShutdownAsync(TestContext.Current.CancellationToken);
            Assert.Equal(1, Environment.ExitCode);
        }
        finally
        {
            Environment.ExitCode = exitCode;
        }
    }
}
