using System.Buffers;

namespace Observability.LogGenerator.Lines;

/// <summary>A line with a payload of a size chosen evenly between two bounds.</summary>
/// <param name="minimum">The least size of the payload, in bytes.</param>
/// <param name="maximum">The greatest size of the payload, in bytes. Loki refuses lines over 256 KB by default.</param>
internal sealed class LongLine(int minimum, int maximum) : LineKind
{
    private static ReadOnlySpan<byte> Filler =>
        """{\"sku\":\"A-1009\",\"name\":\"Stainless bottle, 0.7 l\",\"stock\":412,\"tags\":[\"kitchen\",\"outdoor\"]},"""u8;

    public override LineInfo Write(IBufferWriter<byte> output, in LineContext context)
    {
        var random = context.Random;
        var size = random.Next(minimum, maximum + 1);
        output.BeginJson(context, LineSeverity.Debug, ServiceName.Inventory, "Catalogue dump"u8);
        output.Field("size"u8, size);
        output.BeginText("payload"u8);
        for (; size >= Filler.Length; size -= Filler.Length)
            output.Write(Filler);

        // Not a cut piece of the filler: it could end within an escape.
        output.GetSpan(size)[..size].Fill((byte)'.');
        output.Advance(size);
        output.EndText();
        output.EndJson();
        return new LineInfo(LineSeverity.Debug, ServiceName.Inventory, LineFormat.Json);
    }
}
