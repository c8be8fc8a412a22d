namespace Observability.Embedded.EmbeddedLoki.LogQl;

/// <summary>The aggregations over a time range, and what each takes.</summary>
internal static class RangeFunctions
{
    /// <summary>Those that count lines or bytes: no <c>unwrap</c>.</summary>
    private static readonly string[] WithoutUnwrap = ["count_over_time", "bytes_over_time", "bytes_rate"];

    /// <summary>Those of samples: only with <c>unwrap</c>.</summary>
    private static readonly string[] WithUnwrap =
    [
        "sum_over_time", "avg_over_time", "min_over_time", "max_over_time", "first_over_time", "last_over_time", "quantile_over_time",
        "stddev_over_time", "stdvar_over_time", "rate_counter",
    ];

    /// <summary>Those that may carry <c>by</c> or <c>without</c> themselves.</summary>
    private static readonly string[] Grouped =
        ["avg_over_time", "min_over_time", "max_over_time", "first_over_time", "last_over_time", "quantile_over_time", "stddev_over_time",
            "stdvar_over_time"];

    /// <summary>Those whose sum over series is the same as if all lines had been one series.</summary>
    private static readonly string[] Summable = ["bytes_over_time", "bytes_rate", "sum_over_time", "rate", "count_over_time"];

    public static IEnumerable<string> Names => [.. WithoutUnwrap, "rate", "absent_over_time", .. WithUnwrap];

    public static bool AllowsUnwrap(string name) => !WithoutUnwrap.Contains(name);

    public static bool NeedsUnwrap(string name) => WithUnwrap.Contains(name);

    public static bool AllowsGrouping(string name) => Grouped.Contains(name);

    public static bool IsSummable(string name) => Summable.Contains(name);
}
