using Observability.Embedded.EmbeddedLoki.Labels;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>One series of a metric query: a value, or none, for each step.</summary>
internal sealed class Series
{
    public Series(LabelSet labels, int steps)
        : this(labels, new double[steps], new bool[steps])
    {
    }

    private Series(LabelSet labels, double[] values, bool[] present) => (Labels, Values, Present) = (labels, values, present);

    public LabelSet Labels { get; }

    public double[] Values { get; }

    public bool[] Present { get; }

    public bool Any => Present.AsSpan().Contains(true);

    public void Set(int step, double value)
    {
        Values[step] = value;
        Present[step] = true;
    }

    /// <summary>The same values under other labels.</summary>
    public Series WithLabels(LabelSet labels) => new(labels, Values, Present);
}
