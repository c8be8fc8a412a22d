using System.Buffers;

namespace Observability.LogGenerator.Lines;

/// <summary>A database that cannot be reached.</summary>
internal sealed class DatabaseFailedLine : LineKind
{
    public override LineInfo Write(IBufferWriter<byte> output, in LineContext context)
    {
        output.BeginJson(context, LineSeverity.Error, ServiceName.TestApp, "Database connection failed"u8);
        output.Field("error"u8, Reason(context.Random.Next(8)));
        output.EndJson();
        return new LineInfo(LineSeverity.Error, ServiceName.TestApp, LineFormat.Json);
    }

    private static ReadOnlySpan<byte> Reason(int index) => index switch
    {
        0 => "connection refused"u8,
        1 => "too many clients already"u8,
        _ => "timeout"u8,
    };
}
