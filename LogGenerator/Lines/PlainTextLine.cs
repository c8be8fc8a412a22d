using System.Buffers;

namespace Observability.LogGenerator.Lines;

/// <summary>A line without any structure beyond a time, a level and words.</summary>
internal sealed class PlainTextLine : LineKind
{
    public override LineInfo Write(IBufferWriter<byte> output, in LineContext context)
    {
        var random = context.Random;
        var severity = random.Next(12) == 0 ? LineSeverity.Error : LineSeverity.Info;
        output.Timestamp(context.Timestamp);
        output.Write(" "u8);
        output.Write(severity.UpperCase());
        output.Write(" [reports] Job nightly-"u8);
        output.Number(random.Next(1, 400));
        output.Write(severity == LineSeverity.Error ? " failed after "u8 : " finished in "u8);
        output.Number(random.NextLatency(3));
        output.Write(" s"u8);
        return new LineInfo(severity, ServiceName.Reports, LineFormat.Text);
    }
}
