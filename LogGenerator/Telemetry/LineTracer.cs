using System.Diagnostics;
using Observability.ServiceDefaults.Telemetry;

namespace Observability.LogGenerator.Telemetry;

/// <summary>
/// Decides which lines' way is traced, and begins their traces: one line in so many, or about one a second. Whoever handles the line after
/// that follows the decision. Where nobody listens, none is.
/// </summary>
/// <param name="oneIn">One line in so many; 0 for none, null for about one a second.</param>
/// <param name="time">The clock.</param>
internal sealed class LineTracer(long? oneIn, TimeProvider time)
{
    /// <summary>The name of the spans' source.</summary>
    public const string SourceName = "Observability.LogGenerator";

    /// <summary>The name of the span with which a line's trace begins.</summary>
    public const string Line = "line";

    private const long Never = long.MaxValue;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private long? _last;

    // Lines before the next traced one.
    private long _left = oneIn is > 0 ? 0 : Never;

    /// <summary>The spans' source.</summary>
    public static ActivitySource Source { get; } = new(SourceName);

    /// <summary>Looks at the clock; to be called before a few lines are made.</summary>
    public void Look()
    {
        if (oneIn is null && Source.HasListeners() && (_last is not { } last || time.GetElapsedTime(last) >= Pause))
            _left = 0;
    }

    /// <summary>Counts a line.</summary>
    /// <returns>The beginning of the line's trace; <see langword="null"/> for a line that is not traced, as nearly all are.</returns>
    public Activity? Next()
    {
        if (_left > 0)
        {
            _left--;
            return null;
        }

        _last = time.GetTimestamp();
        _left = oneIn is { } lines ? lines - 1 : Never;
        return Source.StartApart(Line, ActivityKind.Internal);
    }
}
