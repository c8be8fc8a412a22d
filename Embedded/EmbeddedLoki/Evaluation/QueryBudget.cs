using System.Globalization;
using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Go;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>
/// The memory that one query may take for what it collects and answers, counted while it is spent: a query ends before it is too large, not
/// after.
/// </summary>
/// <param name="maxBytes">Most bytes.</param>
/// <param name="maxSeries">Most series of the result.</param>
internal sealed class QueryBudget(long maxBytes, int maxSeries)
{
    /// <summary>Roughly what an entry of a table and its objects take besides what they hold.</summary>
    public const int Overhead = 128;

    private long _spent;

    /// <exception cref="LogQlException">It is more than is left.</exception>
    public void Spend(long bytes)
    {
        if ((_spent += bytes) > maxBytes)
        {
            throw new LogQlException(
                $"the query needs more than {GoBytes.Format(maxBytes)} of memory, the limit of the embedded store (MaxQueryBytes); "
                + "consider more specific stream selectors, a shorter time range, a larger step, or aggregating with functions like "
                + "sum() or topk()");
        }
    }

    /// <exception cref="LogQlException">It is more than a query may return.</exception>
    public void CheckSeries(int count)
    {
        if (count > maxSeries)
        {
            throw new LogQlException(string.Create(CultureInfo.InvariantCulture,
                $"maximum number of series ({maxSeries}) reached for a single query; consider reducing query cardinality by adding more specific stream selectors, reducing the time range, or aggregating results with functions like sum(), count() or topk()"));
        }
    }
}
