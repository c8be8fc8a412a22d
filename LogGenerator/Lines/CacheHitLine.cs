using System.Buffers;

namespace Observability.LogGenerator.Lines;

/// <summary>A cache that had the answer.</summary>
internal sealed class CacheHitLine : LineKind
{
    public override LineInfo Write(IBufferWriter<byte> output, in LineContext context)
    {
        output.BeginJson(context, LineSeverity.Debug, ServiceName.TestApp, "Cache hit"u8);
        output.Field("key"u8, "user-profile-"u8, context.Random.Next(10_000, 100_000));
        output.EndJson();
        return new LineInfo(LineSeverity.Debug, ServiceName.TestApp, LineFormat.Json);
    }
}
