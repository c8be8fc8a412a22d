namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>What a query had to read.</summary>
internal sealed class QueryStatistics
{
    public long Lines { get; set; }

    public long Bytes { get; set; }

    public int Entries { get; set; }
}
