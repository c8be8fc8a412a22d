namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>The times at which a metric query is evaluated: from start to end, both inclusive, in nanoseconds.</summary>
internal readonly record struct StepRange(long Start, long End, long Step)
{
    public int Count => (int)((End - Start) / Step) + 1;

    public long At(int step) => Start + (step * Step);
}
