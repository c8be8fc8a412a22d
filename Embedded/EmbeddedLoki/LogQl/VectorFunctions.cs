namespace Observability.Embedded.EmbeddedLoki.LogQl;

/// <summary>The aggregations over series.</summary>
internal static class VectorFunctions
{
    public static IEnumerable<string> Names =>
        ["sum", "min", "max", "avg", "count", "stddev", "stdvar", "topk", "bottomk", "approx_topk", "sort", "sort_desc"];

    public static bool NeedsParameter(string name) => name is "topk" or "bottomk" or "approx_topk";
}
