using System.Collections.Concurrent;
using OpenTelemetry;

namespace Observability.Forwarder.Tests;

/// <summary>Keeps the names of what is exported.</summary>
internal sealed class NameExporter<T>(Func<T, string> nameOf) : BaseExporter<T>
    where T : class
{
    private readonly ConcurrentQueue<string> _names = new();

    public IReadOnlyList<string> Names => [.. _names];

    public override ExportResult Export(in Batch<T> batch)
    {
        foreach (var item in batch)
            _names.Enqueue(nameOf(item));
        return ExportResult.Success;
    }
}
