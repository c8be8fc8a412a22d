using System.Buffers;

namespace Observability.LogGenerator.Lines;

/// <summary>A line that names its own namespace, which then comes before the topic's default.</summary>
internal sealed class BatchJobLine : LineKind
{
    public override LineInfo Write(IBufferWriter<byte> output, in LineContext context)
    {
        var random = context.Random;
        output.BeginJson(context, LineSeverity.Info, ServiceName.Reports, "Batch job step finished"u8);
        output.Field("namespace"u8, "batch"u8);
        output.Field("pod"u8, "reports-"u8, random.Next(1, 6));
        output.Field("step"u8, random.Next(1, 30));
        output.Field("duration_ms"u8, random.NextLatency(400));
        output.EndJson();
        return new LineInfo(LineSeverity.Info, ServiceName.Reports, LineFormat.Json);
    }
}
