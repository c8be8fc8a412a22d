using System.Buffers;

namespace Observability.LogGenerator.Lines;

/// <summary>A line whose service and identifiers hardly ever repeat: poison for whoever makes labels of them.</summary>
internal sealed class HighCardinalityLine : LineKind
{
    /// <summary>How many services there are: more than the 5,000 streams that Loki allows a tenant by default.</summary>
    public const int Services = 20_000;

    private static readonly ServiceName[] Names = [.. Enumerable.Range(0, Services).Select(i => new ServiceName($"tenant-{i:D5}"))];

    public override LineInfo Write(IBufferWriter<byte> output, in LineContext context)
    {
        var random = context.Random;
        var service = random.Pick<ServiceName>(Names);
        output.BeginJson(context, LineSeverity.Info, service, "Session opened"u8);
        output.BeginText("session_id"u8);
        output.Hex(random.NextUInt64());
        output.EndText();
        output.Field("user_id"u8, "user-"u8, random.Next(int.MaxValue));
        output.BeginText("pod"u8);
        output.Write(service.Utf8);
        output.Write("-"u8);
        output.Hex(random.NextUInt64());
        output.EndText();
        output.TraceFields(context);
        output.EndJson();
        return new LineInfo(LineSeverity.Info, service, LineFormat.Json);
    }
}
