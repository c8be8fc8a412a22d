using System.Buffers;

namespace Observability.LogGenerator.Lines;

/// <summary>A failed login, its details in a nested object.</summary>
internal sealed class LoginFailedLine : LineKind
{
    public override LineInfo Write(IBufferWriter<byte> output, in LineContext context)
    {
        var random = context.Random;
        output.BeginJson(context, LineSeverity.Warn, ServiceName.Accounts, "Login failed"u8);
        output.FieldName("user"u8);
        output.Write("{\"id\":"u8);
        output.Number(random.Next(1, 1_000_000));
        output.Field("roles"u8, "customer"u8);
        output.Write("}"u8);
        output.FieldName("attempts"u8);
        output.Number(random.Next(1, 6));
        output.FieldName("locked"u8);
        output.Write(random.Next(10) == 0 ? "true"u8 : "false"u8);
        output.EndJson();
        return new LineInfo(LineSeverity.Warn, ServiceName.Accounts, LineFormat.Json);
    }
}
