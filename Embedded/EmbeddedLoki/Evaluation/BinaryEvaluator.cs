using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>Arithmetic, comparisons and set operations (pkg/logql/evaluator.go, v3.7.6).</summary>
internal static class BinaryEvaluator
{
    public static MetricValue Run(BinaryOperation operation, MetricValue left, MetricValue right, int steps, QueryBudget budget)
    {
        // Each result is at most as large as the operands together.
        budget.Spend((left.Series.Count + right.Series.Count) * (QueryBudget.Overhead + (steps * (long)(sizeof(double) + sizeof(bool)))));
        return (left.Scalar, right.Scalar) switch
        {
            ({ } l, { } r) => MetricValue.Of(Scalars(operation.Operator, l, r)),
            ({ } l, null) => MetricValue.Of(right.Series.Select(s => WithScalar(operation, s, l, scalarIsLeft: true, steps))),
            (null, { } r) => MetricValue.Of(left.Series.Select(s => WithScalar(operation, s, r, scalarIsLeft: false, steps))),
            _ when operation.Operator is "and" or "or" or "unless" => MetricValue.Of(Sets(operation, left.Series, right.Series, steps)),
            _ => MetricValue.Of(Vectors(operation, left.Series, right.Series, steps)),
        };
    }

    private static double Scalars(string op, double left, double right) =>
        IsComparison(op) ? Holds(op, left, right) ? 1 : 0 : Calculate(op, left, right);

    private static Series WithScalar(BinaryOperation operation, Series series, double scalar, bool scalarIsLeft, int steps)
    {
        var result = new Series(series.Labels, steps);
        for (var step = 0; step < steps; step++)
        {
            if (!series.Present[step])
                continue;
            var value = series.Values[step];
            // A comparison that filters keeps the value of the series, whichever side it stands on.
            Combine(operation, scalarIsLeft ? scalar : value, scalarIsLeft ? value : scalar, value, result, step);
        }

        return result;
    }

    /// <summary>Each series of the side that may have several with the one of the other side that has the same labels to compare.</summary>
    private static Dictionary<LabelSet, Series>.ValueCollection Vectors(
        BinaryOperation operation, IReadOnlyList<Series> left, IReadOnlyList<Series> right, int steps)
    {
        var cardinality = operation.Matching?.Cardinality ?? MatchCardinality.OneToOne;
        var swapped = cardinality == MatchCardinality.OneToMany;
        var (many, ones) = swapped ? (right, left) : (left, right);
        var results = new Dictionary<LabelSet, Series>();
        var lookup = ones.ToLookup(s => Signature(s.Labels, operation.Matching));
        foreach (var group in lookup)
            RequireUnique([.. group], swapped ? "left" : "right", steps);
        foreach (var group in many.GroupBy(s => Signature(s.Labels, operation.Matching)))
        {
            // Whether a series of this group was matched at a step: one to one means that no second one may be.
            var taken = new bool[steps];
            foreach (var one in group)
            {
                foreach (var other in lookup[group.Key])
                {
                    var labels = ResultLabels(one.Labels, other.Labels, operation.Matching);
                    if (!results.TryGetValue(labels, out var result))
                        results.Add(labels, result = new(labels, steps));
                    for (var step = 0; step < steps; step++)
                    {
                        if (!one.Present[step] || !other.Present[step])
                            continue;
                        if (cardinality == MatchCardinality.OneToOne && taken[step])
                            throw new LogQlException(
                                "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)");
                        if (cardinality != MatchCardinality.OneToOne && result.Present[step])
                            throw new LogQlException("multiple matches for labels: grouping labels must ensure unique matches");
                        taken[step] = true;
                        var (l, r) = swapped ? (other.Values[step], one.Values[step]) : (one.Values[step], other.Values[step]);
                        Combine(operation, l, r, l, result, step);
                    }
                }
            }
        }

        return results.Values;
    }

    private static void RequireUnique(Series[] series, string side, int steps)
    {
        for (var step = 0; series.Length > 1 && step < steps; step++)
        {
            if (series.Count(s => s.Present[step]) > 1)
            {
                throw new LogQlException(
                    $"found duplicate series on the {side} hand-side;many-to-many matching not allowed: matching labels must be unique on one side");
            }
        }
    }

    private static LabelSet ResultLabels(LabelSet many, LabelSet one, VectorMatching? matching)
    {
        if (matching is null)
            return many;
        if (matching.Cardinality == MatchCardinality.OneToOne)
            return matching.On ? many.Keep(matching.Labels) : many.Remove(matching.Labels);
        // A label of the side that has one replaces the other's, and removes it where that side has none.
        return (matching.Include ?? NodeList<string>.Empty).Aggregate(many, (labels, name) => labels.With(name, one.Get(name)));
    }

    private static IEnumerable<Series> Sets(
        BinaryOperation operation, IReadOnlyList<Series> left, IReadOnlyList<Series> right, int steps) => operation.Operator switch
        {
            "and" => Restrict(left, right, operation.Matching, steps, wanted: true),
            "unless" => Restrict(left, right, operation.Matching, steps, wanted: false),
            _ => left.Concat(Restrict(right, left, operation.Matching, steps, wanted: false)).GroupBy(s => s.Labels).Select(
                g => Union([.. g], steps)),
        };

    /// <summary>The values of one side at the steps where the other side has, or has not, a series of the same signature.</summary>
    private static IEnumerable<Series> Restrict(
        IReadOnlyList<Series> series, IReadOnlyList<Series> others, VectorMatching? matching, int steps, bool wanted)
    {
        var lookup = others.ToLookup(s => Signature(s.Labels, matching));
        foreach (var one in series)
        {
            var result = new Series(one.Labels, steps);
            var partners = lookup[Signature(one.Labels, matching)].ToList();
            for (var step = 0; step < steps; step++)
            {
                var at = step;
                if (one.Present[step] && partners.Exists(p => p.Present[at]) == wanted)
                    result.Set(step, one.Values[step]);
            }

            yield return result;
        }
    }

    private static Series Union(Series[] parts, int steps)
    {
        if (parts.Length == 1)
            return parts[0];
        var result = new Series(parts[0].Labels, steps);
        for (var step = 0; step < steps; step++)
        {
            foreach (var part in parts)
            {
                if (part.Present[step] && !result.Present[step])
                    result.Set(step, part.Values[step]);
            }
        }

        return result;
    }

    private static LabelSet Signature(LabelSet labels, VectorMatching? matching) => matching is null ? labels
        : matching.On ? labels.Keep(matching.Labels)
        : labels.Remove(matching.Labels);

    private static void Combine(BinaryOperation operation, double left, double right, double kept, Series result, int step)
    {
        if (!IsComparison(operation.Operator))
            result.Set(step, Calculate(operation.Operator, left, right));
        else if (operation.ReturnBool)
            result.Set(step, Holds(operation.Operator, left, right) ? 1 : 0);
        else if (Holds(operation.Operator, left, right))
            result.Set(step, kept);
    }

    private static bool IsComparison(string op) => op is "==" or "!=" or ">" or ">=" or "<" or "<=";

    private static bool Holds(string op, double left, double right) => op switch
    {
        "==" => left == right,
        "!=" => left != right,
        ">" => left > right,
        ">=" => left >= right,
        "<" => left < right,
        _ => left <= right,
    };

    private static double Calculate(string op, double left, double right) => op switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        // Loki has no number for a division by zero.
        "/" => right == 0 ? double.NaN : left / right,
        "%" => right == 0 ? double.NaN : left % right,
        _ => Math.Pow(left, right),
    };
}
