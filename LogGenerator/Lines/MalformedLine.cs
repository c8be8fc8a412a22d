using System.Buffers;

namespace Observability.LogGenerator.Lines;

/// <summary>A line that looks like JSON and is none: cut short, badly quoted, not UTF-8, or no object at all.</summary>
internal sealed class MalformedLine : LineKind
{
    private const int Variants = 8;

    public override LineInfo Write(IBufferWriter<byte> output, in LineContext context)
    {
        var random = context.Random;
        switch (random.Next(Variants))
        {
            case 0:
                output.BeginJson(context, LineSeverity.Error, ServiceName.TestApp, "Cut short in the midst of"u8);
                output.BeginText("payload"u8);
                output.Hex(random.NextUInt64());
                break;
            case 1:
                output.BeginJson(context, LineSeverity.Error, ServiceName.TestApp, "Trailing comma"u8);
                output.Write(",}"u8);
                break;
            case 2:
                output.BeginJson(context, LineSeverity.Error, ServiceName.TestApp, "Not \"escaped\" inside"u8);
                output.EndJson();
                break;
            case 3:
                output.BeginJson(context, LineSeverity.Error, ServiceName.TestApp, "A value that JSON lacks"u8);
                output.Write(",\"ratio\":NaN}"u8);
                break;
            case 4:
                output.BeginJson(context, LineSeverity.Error, ServiceName.TestApp);
                output.Write(",\"message\":\"Not UTF-8: "u8);
                output.Write<byte>([0xC3, 0x28, 0xFF, 0xFE]);
                output.Write("\"}"u8);
                break;
            case 5:
                output.Write("{'timestamp':'"u8);
                output.Timestamp(context.Timestamp);
                output.Write("','level':'ERROR','service':'test-app','message':'Single quotes'}"u8);
                break;
            case 6:
                output.BeginJson(context, LineSeverity.Error, ServiceName.TestApp, "Two objects"u8);
                output.Write("}{\"id\":"u8);
                output.Number(random.Next(1_000_000));
                output.Write("}"u8);
                break;
            default:
                output.Write("}]\0{ garbage "u8);
                output.Hex(random.NextUInt64());
                break;
        }

        return new LineInfo(LineSeverity.Error, ServiceName.TestApp, LineFormat.Text);
    }
}
