using System.Buffers;

namespace Observability.LogGenerator.Lines;

/// <summary>A request that went well: the plainest line of all.</summary>
internal sealed class RequestProcessedLine : LineKind
{
    public override LineInfo Write(IBufferWriter<byte> output, in LineContext context)
    {
        output.BeginJson(context, LineSeverity.Info, ServiceName.TestApp, "Request processed successfully"u8);
        output.Field("request_id"u8, "req-"u8, context.Random.Next(10_000, 100_000));
        output.EndJson();
        return new LineInfo(LineSeverity.Info, ServiceName.TestApp, LineFormat.Json);
    }
}
