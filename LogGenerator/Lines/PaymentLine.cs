using System.Buffers;

namespace Observability.LogGenerator.Lines;

/// <summary>A payment, accepted or declined.</summary>
internal sealed class PaymentLine : LineKind
{
    public override LineInfo Write(IBufferWriter<byte> output, in LineContext context)
    {
        var random = context.Random;
        var declined = random.Next(20) == 0;
        var severity = declined ? LineSeverity.Warn : LineSeverity.Info;

        output.BeginJson(context, severity, ServiceName.Payments, declined ? "Payment declined"u8 : "Payment authorised"u8);
        output.Field("payment_id"u8, "pay-"u8, random.Next(1_000_000, 10_000_000));
        output.Field("amount"u8, random.Next(100, 500_000) / 100.0);
        output.Field("provider"u8, random.Next(2) == 0 ? "acme-pay"u8 : "bank-direct"u8);
        output.Field("latency_ms"u8, random.NextLatency(180));
        if (declined)
            output.Field("reason"u8, "insufficient funds"u8);
        output.TraceFields(context);
        output.EndJson();
        return new LineInfo(severity, ServiceName.Payments, LineFormat.Json);
    }
}
