using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Observability.Forwarder.Metrics;

namespace Observability.Forwarder.Tests.Delivery;

/// <summary>The Forwarder's metrics without an exporter.</summary>
internal sealed class TestMeters : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public TestMeters() => Metrics = new ForwarderMetrics(_services.GetRequiredService<IMeterFactory>());

    public ForwarderMetrics Metrics { get; }

    /// <summary>The scope of their meter, which no other test's has.</summary>
    public object Scope => _services.GetRequiredService<IMeterFactory>();

    public void Dispose() => _services.Dispose();
}
