using System.Globalization;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;
using Observability.Embedded.EmbeddedLoki.Storage;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>Evaluates a query of numbers for all its steps at once.</summary>
internal sealed class MetricEvaluator(LogStore store, StepRange steps, int maxSeries, QueryStatistics statistics, CancellationToken cancellationToken)
{
    /// <exception cref="LogQlException">The query has no answer, or one of too many series.</exception>
    public MetricValue Run(MetricExpression expression)
    {
        var value = Evaluate(expression);
        var series = value.Series.Where(s => s.Any).ToList();
        if (series.Count > maxSeries)
        {
            throw new LogQlException(string.Create(CultureInfo.InvariantCulture,
                $"maximum number of series ({maxSeries}) reached for a single query; consider reducing query cardinality by adding more specific stream selectors, reducing the time range, or aggregating results with functions like sum(), count() or topk()"));
        }

        statistics.Entries = series.Count;
        return value with { Series = series };
    }

    private MetricValue Evaluate(MetricExpression expression) => expression switch
    {
        NumberLiteral literal => MetricValue.Of(literal.Value),
        VectorLiteral vector => MetricValue.Of([Constant(vector.Value)]),
        RangeAggregation range => MetricValue.Of(Ranges(range, range.Grouping)),
        VectorAggregation { Function: "sum", Operand: RangeAggregation { Grouping: null, Range.Unwrap: null } range } sum =>
            // A sum of counts is the count of all: grouping while counting spares a series for each set of labels.
            MetricValue.Of(Ranges(range, sum.Grouping ?? new(false, NodeList<string>.Empty))),
        VectorAggregation aggregation => Evaluate(aggregation.Operand) is { Scalar: null } operand
            ? MetricValue.Of(VectorAggregator.Run(aggregation, operand.Series, steps.Count))
            : throw LogQlException.Parse($"syntax error: {aggregation.Function} needs series, not a number"),
        BinaryOperation operation => BinaryEvaluator.Run(operation, Evaluate(operation.Left), Evaluate(operation.Right), steps.Count),
        _ => throw new NotSupportedException(expression.GetType().Name),
    };

    private IEnumerable<Series> Ranges(RangeAggregation aggregation, Grouping? grouping) =>
        new RangeEvaluator(store, steps, statistics, cancellationToken).Run(aggregation, grouping);

    private Series Constant(double value)
    {
        var series = new Series(LabelSet.Empty, steps.Count);
        for (var i = 0; i < steps.Count; i++)
            series.Set(i, value);
        return series;
    }
}
