using System.Buffers;

namespace Observability.LogGenerator.Lines;

/// <summary>A query that took too long.</summary>
internal sealed class SlowQueryLine : LineKind
{
    public override LineInfo Write(IBufferWriter<byte> output, in LineContext context)
    {
        var random = context.Random;
        output.BeginJson(context, LineSeverity.Warn, ServiceName.Inventory, "Slow query"u8);
        output.Field("duration_ms"u8, 500 + random.NextLatency(800));
        output.Field("rows"u8, random.Next(1, 100_000));
        output.Field("sql"u8,
            """SELECT sku, sum(quantity) FROM stock WHERE warehouse = $1 GROUP BY sku HAVING sum(quantity) < \"reorder_level\" """u8);
        output.Field("database"u8, "inventory"u8);
        output.EndJson();
        return new LineInfo(LineSeverity.Warn, ServiceName.Inventory, LineFormat.Json);
    }
}
