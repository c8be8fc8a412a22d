using System.Buffers;

namespace Observability.LogGenerator.Lines;

/// <summary>A line in logfmt, as Go services write it.</summary>
internal sealed class LogfmtLine : LineKind
{
    public override LineInfo Write(IBufferWriter<byte> output, in LineContext context)
    {
        var random = context.Random;
        var severity = random.Next(10) == 0 ? LineSeverity.Warn : LineSeverity.Info;
        output.Write("ts="u8);
        output.Timestamp(context.Timestamp);
        output.Write(" level="u8);
        output.Write(severity.LowerCase());
        output.Write(" service=inventory caller=sync.go:"u8);
        output.Number(random.Next(20, 400));
        output.Write(" msg=\"stock synchronised\" warehouse=wh-"u8);
        output.Number(random.Next(1, 20));
        output.Write(" items="u8);
        output.Number(random.Next(1, 10_000));
        output.Write(" duration="u8);
        output.Number(random.NextLatency(40));
        output.Write("ms"u8);
        return new LineInfo(severity, ServiceName.Inventory, LineFormat.Text);
    }
}
