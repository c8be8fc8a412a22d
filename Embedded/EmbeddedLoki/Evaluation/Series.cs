using Observability.Embedded.EmbeddedLoki.Labels;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>One series of a metric query: a value, or none, for each step.</summary>
internal sealed class Series(LabelSet labels, int steps)
{
    public LabelSet Labels { get; } = labels;

    public double[] Values { get; } = new double[steps];

    public bool[] Present { get; } = new bool[steps];

    public bool Any => Present.AsSpan().Contains(true);

    public void Set(int step, double value)
    {
        Values[step] = value;
        Present[step] = true;
    }
}
