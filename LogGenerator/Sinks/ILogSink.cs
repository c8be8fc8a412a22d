using Observability.LogGenerator.Lines;

namespace Observability.LogGenerator.Sinks;

/// <summary>Where lines go. For one caller at a time; it loses no line, but makes the caller wait when its target is slow.</summary>
internal interface ILogSink : IDisposable
{
    /// <summary>The name by which settings and metrics know the sink.</summary>
    string Name { get; }

    /// <summary>Where the lines go, for people.</summary>
    string Target { get; }

    /// <summary>Lines that the target has acknowledged.</summary>
    long DeliveredLines { get; }

    /// <summary>Lines that the target refused for good, or that were given up when the run was stopped.</summary>
    long FailedLines { get; }

    /// <summary>Lines taken that the target has neither acknowledged nor refused yet.</summary>
    long PendingLines { get; }

    /// <summary>Why the target takes nothing at present, for people, with its address; null when it was not heard to refuse.</summary>
    string? Trouble { get; }

    /// <summary>Takes a batch; the caller may use it again when the task has completed.</summary>
    ValueTask WriteAsync(LineBatch batch, CancellationToken cancellationToken);

    /// <summary>Waits until every line taken was delivered or has failed.</summary>
    ValueTask FlushAsync(CancellationToken cancellationToken);
}
