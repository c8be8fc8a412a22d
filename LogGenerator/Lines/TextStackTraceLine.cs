using System.Buffers;

namespace Observability.LogGenerator.Lines;

/// <summary>A stack trace as a runtime prints it: plain text with real line feeds inside one record.</summary>
internal sealed class TextStackTraceLine : LineKind
{
    public override LineInfo Write(IBufferWriter<byte> output, in LineContext context)
    {
        var random = context.Random;
        output.Timestamp(context.Timestamp);
        output.Write(" ERROR [reports] java.lang.IllegalStateException: report "u8);
        output.Number(random.Next(1, 5_000));
        output.Write(" has no rows"u8);
        for (var depth = random.Next(3, 9); depth > 0; depth--)
        {
            output.Write("\n\tat com.example.reports.Renderer.render(Renderer.java:"u8);
            output.Number(random.Next(10, 700));
            output.Write(")"u8);
        }

        return new LineInfo(LineSeverity.Error, ServiceName.Reports, LineFormat.Text);
    }
}
