using System.Diagnostics;

namespace Observability.ServiceDefaults.Telemetry;

/// <summary>Spans of what goes on beside the code that started it.</summary>
public static class ApartActivityExtensions
{
    /// <summary>
    /// Starts a span that does not become <see cref="Activity.Current"/>: it may end on another thread, and what the caller does next is no
    /// part of it.
    /// </summary>
    /// <param name="source">The source.</param>
    /// <param name="name">The span's name.</param>
    /// <param name="kind">The span's kind.</param>
    /// <param name="parent">The span's parent; none begins a trace.</param>
    /// <returns>The span; <see langword="null"/> when nobody listens or the sampler wants none.</returns>
    public static Activity? StartApart(this ActivitySource source, string name, ActivityKind kind, ActivityContext parent = default)
    {
        ArgumentNullException.ThrowIfNull(source);

        var current = Activity.Current;
        Activity.Current = null;
        var activity = source.StartActivity(name, kind, parent);
        Activity.Current = current;
        return activity;
    }
}
