using System.Buffers;
using Observability.LogGenerator.Lines;

namespace Observability.Benchmarks.Service;

/// <summary>A line of LogGenerator's making, JSON of some 250 bytes with a trace, spread evenly over a number of streams.</summary>
/// <param name="streams">How many streams: services times four levels.</param>
internal sealed class BacklogLine(int streams) : LineKind
{
    private const int Levels = 4;

    private readonly ServiceName[] _services =
        [.. Enumerable.Range(0, (streams + Levels - 1) / Levels).Select(number => new ServiceName($"service-{number:D3}"))];

    /// <summary>The names of the services.</summary>
    public IReadOnlyList<ServiceName> Services => _services;

    /// <inheritdoc/>
    public override LineInfo Write(IBufferWriter<byte> output, in LineContext context) =>
        Write(output, context, context.Random.Next(streams));

    /// <summary>Writes a line of one service.</summary>
    public LineInfo WriteOf(int service, IBufferWriter<byte> output, in LineContext context) =>
        Write(output, context, Math.Min((service * Levels) + context.Random.Next(Levels), streams - 1));

    private LineInfo Write(IBufferWriter<byte> output, in LineContext context, int stream)
    {
        var (service, severity, random) = (_services[stream / Levels], (LineSeverity)(stream % Levels), context.Random);
        output.BeginJson(context, severity, service, "HTTP request completed"u8);
        output.Field("method"u8, "GET"u8);
        output.BeginText("path"u8);
        output.Write("/api/v1/orders/"u8);
        output.Number(random.Next(1, 50_000));
        output.EndText();
        output.Field("status"u8, random.Next(200, 205));
        output.Field("duration_ms"u8, random.NextLatency(25));
        output.TraceFields(context);
        output.EndJson();
        return new LineInfo(severity, service, LineFormat.Json);
    }
}
