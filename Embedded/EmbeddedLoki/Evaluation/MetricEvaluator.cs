using System.Text;
using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;
using Observability.Embedded.EmbeddedLoki.Storage;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>Evaluates a query of numbers for all its steps at once.</summary>
internal sealed class MetricEvaluator(
    LogStore store, StepRange steps, QueryBudget budget, QueryStatistics statistics, CancellationToken cancellationToken)
{
    /// <summary>Roughly what a point takes in an answer.</summary>
    private const int PointBytes = 24;

    /// <exception cref="LogQlException">The query has no answer, or one that is too large.</exception>
    /// <exception cref="LokiException">It uses what is switched off.</exception>
    public MetricValue Run(MetricExpression expression)
    {
        var value = Evaluate(expression, isResult: true);
        var series = value.Series.Where(s => s.Any).ToList();
        budget.CheckSeries(series.Count);
        budget.Spend(series.Sum(s => s.Present.AsSpan().Count(true) * (long)PointBytes));
        statistics.Entries = series.Count;
        return value with { Series = series };
    }

    private MetricValue Evaluate(MetricExpression expression, bool isResult = false)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return expression switch
        {
            NumberLiteral literal => MetricValue.Of(literal.Value),
            VectorLiteral vector => MetricValue.Of([Constant(vector.Value)]),
            RangeAggregation range => MetricValue.Of(Ranges(range, null, isResult)),
            VectorAggregation { Function: "approx_topk" } =>
                throw new LokiException(
                    StatusCodes.Status500InternalServerError, "approx_topk is not enabled. See -limits.shard_aggregations"),
            VectorAggregation { Function: "sum", Operand: RangeAggregation { Grouping: null } range } sum
                when RangeFunctions.IsSummable(range.Function) =>
                // A sum of counts is the count of all: grouping while counting spares a series for each set of labels.
                MetricValue.Of(Sum(sum, Ranges(range, sum.Grouping ?? new(false, NodeList<string>.Empty), isResult).ToList())),
            VectorAggregation aggregation => Evaluate(aggregation.Operand) is { Scalar: null } operand
                ? MetricValue.Of(VectorAggregator.Run(aggregation, operand.Series, steps.Count, budget))
                : throw LogQlException.Parse($"syntax error: {aggregation.Function} needs series, not a number"),
            LabelReplace replace => Evaluate(replace.Operand) is { Scalar: null } operand
                ? MetricValue.Of(operand.Series.Select(s => Replace(replace, s)))
                : throw LogQlException.Parse("syntax error: label_replace needs series, not a number"),
            BinaryOperation operation =>
                BinaryEvaluator.Run(operation, Evaluate(operation.Left), Evaluate(operation.Right), steps.Count, budget),
            _ => throw new NotSupportedException(expression.GetType().Name),
        };
    }

    /// <summary>Lines with an error that is asked for come with all their labels, so that they are still to be added up.</summary>
    private IEnumerable<Series> Sum(VectorAggregation sum, List<Series> series) =>
        series.Exists(s => s.Labels.Has(Line.ErrorLabel)) ? VectorAggregator.Run(sum, series, steps.Count, budget) : series;

    private static Series Replace(LabelReplace replace, Series series)
    {
        var regex = GoRegex.Whole(replace.Pattern);
        var match = regex.Match(series.Labels.Get(replace.Source));
        if (!match.Success)
            return series;
        var value = new StringBuilder();
        regex.Expand(value, match, replace.Replacement);
        return series.WithLabels(series.Labels.With(replace.Destination, value.ToString()));
    }

    private IEnumerable<Series> Ranges(RangeAggregation aggregation, Grouping? grouping, bool isResult) =>
        new RangeEvaluator(store, steps, budget, statistics, cancellationToken).Run(aggregation, grouping, isResult);

    private Series Constant(double value)
    {
        budget.Spend(steps.Count * (long)(sizeof(double) + sizeof(bool)));
        var series = new Series(LabelSet.Empty, steps.Count);
        for (var i = 0; i < steps.Count; i++)
            series.Set(i, value);
        return series;
    }
}
