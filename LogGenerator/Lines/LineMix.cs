namespace Observability.LogGenerator.Lines;

/// <summary>Kinds of lines and how often each comes.</summary>
internal sealed class LineMix
{
    private readonly LineKind[] _table;

    /// <param name="parts">The kinds, each with its weight: how many of all the weights' sum are of this kind.</param>
    public LineMix(params ReadOnlySpan<(LineKind Kind, int Weight)> parts)
    {
        // A table with an entry for each unit of weight makes the choice one look-up.
        var table = new List<LineKind>();
        foreach (var (kind, weight) in parts)
            table.AddRange(Enumerable.Repeat(kind, weight));
        _table = [.. table];
    }

    /// <summary>The kinds in the mix, each once.</summary>
    public IEnumerable<LineKind> Kinds => _table.Distinct();

    public LineKind Pick(LineRandom random) => random.Pick<LineKind>(_table);
}
