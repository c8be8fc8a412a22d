using System.Buffers;

namespace Observability.LogGenerator.Lines;

/// <summary>An exception with its stack trace: several lines of text inside one JSON string.</summary>
internal sealed class StackTraceLine : LineKind
{
    public override LineInfo Write(IBufferWriter<byte> output, in LineContext context)
    {
        var random = context.Random;
        output.BeginJson(context, LineSeverity.Error, ServiceName.Checkout, "Unhandled exception"u8);
        output.Field("exception_type"u8, "System.InvalidOperationException"u8);
        output.BeginText("stack_trace"u8);
        output.Write("System.InvalidOperationException: Cart "u8);
        output.Number(random.Next(1, 50_000));
        output.Write(" is empty"u8);
        for (var depth = random.Next(3, 12); depth > 0; depth--)
        {
            output.Write("""\n   at Shop.Checkout."""u8);
            output.Write(Frame(random.Next(5)));
            output.Write(":line "u8);
            output.Number(random.Next(10, 900));
        }

        output.EndText();
        output.TraceFields(context);
        output.EndJson();
        return new LineInfo(LineSeverity.Error, ServiceName.Checkout, LineFormat.Json);
    }

    private static ReadOnlySpan<byte> Frame(int index) => index switch
    {
        0 => "CartService.CheckoutAsync(CartId id) in /src/Checkout/CartService.cs"u8,
        1 => "OrderHandler.Handle(PlaceOrder command) in /src/Checkout/OrderHandler.cs"u8,
        2 => "Pricing.Total(IReadOnlyList`1 items) in /src/Checkout/Pricing.cs"u8,
        3 => "Endpoints.<>c.<MapOrders>b__0_1(HttpContext context) in /src/Checkout/Endpoints.cs"u8,
        _ => "Retry.ExecuteAsync[T](Func`2 action) in /src/Checkout/Retry.cs"u8,
    };
}
