using System.Buffers;

namespace Observability.LogGenerator.Lines;

/// <summary>An order, with a customer whose name is written in any script.</summary>
internal sealed class OrderPlacedLine : LineKind
{
    public override LineInfo Write(IBufferWriter<byte> output, in LineContext context)
    {
        var random = context.Random;
        output.BeginJson(context, LineSeverity.Info, ServiceName.Checkout, "Order placed"u8);
        output.Field("order_id"u8, "ord-"u8, random.Next(100_000, 1_000_000));
        output.Field("customer"u8, Customer(random.Next(9)));
        output.Field("items"u8, random.Next(1, 12));
        output.Field("total"u8, random.Next(199, 250_000) / 100.0);
        output.Field("currency"u8, "EUR"u8);
        output.Field("note"u8, Note(random.Next(5)));
        output.TraceFields(context);
        output.EndJson();
        return new LineInfo(LineSeverity.Info, ServiceName.Checkout, LineFormat.Json);
    }

    private static ReadOnlySpan<byte> Customer(int index) => index switch
    {
        0 => "Zoë Müller"u8,
        1 => "佐藤 健"u8,
        2 => "Ольга Смирнова"u8,
        3 => "فاطمة الزهراء"u8,
        4 => "अनन्या शर्मा"u8,
        5 => "Ngô Thị Ánh"u8,
        6 => "Łukasz Żak"u8,
        7 => "김민준"u8,
        _ => "Jane Doe"u8,
    };

    // A family joined by zero-width joiners, a combining accent and an escaped quote, tab and surrogate pair.
    private static ReadOnlySpan<byte> Note(int index) => index switch
    {
        0 => "🎁 gift for the 👨‍👩‍👧‍👦"u8,
        1 => "cafe\u0301, s'il vous plaît ☕"u8,
        2 => """leave at \"Door 4\",\tring twice \ud83d\udd14"""u8,
        3 => "左から右へ ← → עברית"u8,
        _ => "none"u8,
    };
}
