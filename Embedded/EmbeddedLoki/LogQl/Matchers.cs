using System.Globalization;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.LogQl;

/// <summary>Makes nodes that are checked beyond what the grammar can say, with Loki's words for what is wrong (pkg/logql/syntax/ast.go, v3.7.6).</summary>
internal static class Matchers
{
    public static Matcher Create(string name, string op, string value)
    {
        var matcher = new Matcher(name, op switch { "=" => MatchOperator.Equal, "!=" => MatchOperator.NotEqual, "=~" => MatchOperator.Regex, _ => MatchOperator.NotRegex }, value);
        if (matcher.Operator is MatchOperator.Regex or MatchOperator.NotRegex)
            Regexes.Whole(value);
        return matcher;
    }

    public static LineFilter CreateLineFilter(string op, IReadOnlyList<string> alternatives)
    {
        if (op is "|~" or "!~")
        {
            foreach (var pattern in alternatives)
                Regexes.Anywhere(pattern);
        }

        return new(op, new(alternatives));
    }

    public static RangeAggregation CreateRangeAggregation(string function, LogRange range, double? parameter, Grouping? grouping)
    {
        if (range.Unwrap is null && RangeFunctions.NeedsUnwrap(function))
            throw LogQlException.Parse($"invalid aggregation {function} without unwrap");
        if (range.Unwrap is not null && !RangeFunctions.AllowsUnwrap(function))
            throw LogQlException.Parse($"invalid aggregation {function} with unwrap");
        if (grouping is not null && !RangeFunctions.AllowsGrouping(function))
            throw LogQlException.Parse($"grouping not allowed for {function} aggregation");
        if (function == "quantile_over_time" && parameter is null)
            throw LogQlException.Parse($"parameter required for operation {function}");
        if (function != "quantile_over_time" && parameter is { } given)
            throw LogQlException.Parse($"parameter {given.ToString(CultureInfo.InvariantCulture)} not supported for operation {function}");
        if (range.Interval <= 0)
            throw LogQlException.Parse("range must be greater than zero");
        return new(function, range, parameter, grouping);
    }

    public static VectorAggregation CreateVectorAggregation(string function, MetricExpression operand, double? parameter, Grouping? grouping)
    {
        if (VectorFunctions.NeedsParameter(function) && parameter is null)
            throw LogQlException.Parse($"parameter required for operation {function}");
        if (!VectorFunctions.NeedsParameter(function) && parameter is { } given)
            throw LogQlException.Parse($"unsupported parameter for operation {function}({given.ToString(CultureInfo.InvariantCulture)},");
        if (parameter is { } k && (k < 1 || k > int.MaxValue || k != Math.Floor(k)))
            throw LogQlException.Parse($"invalid parameter (must be greater than 0) {function}({k.ToString(CultureInfo.InvariantCulture)},");
        if (function is "sort" or "sort_desc" && grouping is { Labels.Count: > 0 })
            throw LogQlException.Parse("sort and sort_desc doesn't allow grouping by ");
        return new(function, operand, (int?)parameter, grouping);
    }

    public static BinaryOperation CreateBinaryOperation(string op, MetricExpression left, MetricExpression right, bool returnBool, VectorMatching? matching)
    {
        if (op is "and" or "or" or "unless")
        {
            if (left is NumberLiteral l)
                throw LogQlException.Parse(string.Create(CultureInfo.InvariantCulture, $"unexpected literal for left leg of logical/set binary operation ({op}): {l.Value:F6}"));
            if (right is NumberLiteral r)
                throw LogQlException.Parse(string.Create(CultureInfo.InvariantCulture, $"unexpected literal for right leg of logical/set binary operation ({op}): {r.Value:F6}"));
        }

        if (returnBool && op is not ("==" or "!=" or ">" or ">=" or "<" or "<="))
            throw LogQlException.Parse($"bool modifier is only allowed for comparison operators: {op}");
        return new(op, left, right, returnBool, matching);
    }

    /// <summary>A selector has to exclude something: <c>{a=~".*"}</c> would read every stream.</summary>
    public static void RequireSelective(LogExpression log)
    {
        if (!log.Matchers.Any(m => !Matches(m, "")))
            throw LogQlException.Parse("queries require at least one regexp or equality matcher that does not have an empty-compatible value. For instance, app=~\".*\" does not meet this requirement, but app=~\".+\" will");
    }

    public static bool Matches(Matcher matcher, string value) => matcher.Operator switch
    {
        MatchOperator.Equal => value == matcher.Value,
        MatchOperator.NotEqual => value != matcher.Value,
        MatchOperator.Regex => Regexes.Whole(matcher.Value).IsMatch(value),
        _ => !Regexes.Whole(matcher.Value).IsMatch(value),
    };

    public static bool Matches(IEnumerable<Matcher> matchers, LabelSet labels)
    {
        foreach (var matcher in matchers)
        {
            if (!Matches(matcher, labels.Get(matcher.Name)))
                return false;
        }

        return true;
    }
}
