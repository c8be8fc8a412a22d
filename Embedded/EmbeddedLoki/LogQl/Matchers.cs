using System.Globalization;
using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.LogQl;

/// <summary>
/// Makes nodes that are checked beyond what the grammar can say, with Loki's words for what is wrong (pkg/logql/syntax/ast.go, v3.7.6).
/// </summary>
internal static class Matchers
{
    public static Matcher Create(string name, string op, string value)
    {
        var comparison = op switch
        {
            "=" => MatchOperator.Equal,
            "!=" => MatchOperator.NotEqual,
            "=~" => MatchOperator.Regex,
            _ => MatchOperator.NotRegex,
        };
        var matcher = new Matcher(name, comparison, value);
        CompiledMatcher.Of(matcher);
        return matcher;
    }

    public static RangeAggregation CreateRangeAggregation(string function, LogRange range, double? parameter, Grouping? grouping)
    {
        if (function == "quantile_over_time" && parameter is null)
            throw LogQlException.Parse($"parameter required for operation {function}");
        if (function != "quantile_over_time" && parameter is { } given)
            throw LogQlException.Parse($"parameter {given.ToString(CultureInfo.InvariantCulture)} not supported for operation {function}");
        if (grouping is not null && !RangeFunctions.AllowsGrouping(function))
            throw LogQlException.Parse($"grouping not allowed for {function} aggregation");
        if (range.Unwrap is null && RangeFunctions.NeedsUnwrap(function))
            throw LogQlException.Parse($"invalid aggregation {function} without unwrap");
        if (range.Unwrap is not null && !RangeFunctions.AllowsUnwrap(function))
            throw LogQlException.Parse($"invalid aggregation {function} with unwrap");
        if (range.Interval <= 0)
            throw LogQlException.Parse("range must be greater than zero");
        return new(function, range, parameter, grouping);
    }

    public static VectorAggregation CreateVectorAggregation(
        string function, MetricExpression operand, double? parameter, Grouping? grouping)
    {
        if (VectorFunctions.NeedsParameter(function) && parameter is null)
            throw LogQlException.Parse($"parameter required for operation {function}");
        if (!VectorFunctions.NeedsParameter(function) && parameter is { } given)
            throw LogQlException.Parse($"unsupported parameter for operation {function}({given.ToString(CultureInfo.InvariantCulture)},");
        if (parameter is { } whole && (whole > int.MaxValue || whole != Math.Floor(whole)))
            throw LogQlException.Parse($"invalid parameter {function}({whole.ToString(CultureInfo.InvariantCulture)},");
        if (parameter is { } k && k < 1)
            throw LogQlException.Parse($"invalid parameter (must be greater than 0) {function}({k.ToString(CultureInfo.InvariantCulture)}");
        if (function == "approx_topk" && grouping is not null)
            throw LogQlException.Parse("grouping not allowed for approx_topk aggregation");
        if (function is "sort" or "sort_desc" && grouping is { Labels.Count: > 0 })
            throw LogQlException.Parse("sort and sort_desc doesn't allow grouping by ");
        return new(function, operand, (int?)parameter, grouping);
    }

    public static LabelReplace CreateLabelReplace(
        MetricExpression operand, string destination, string replacement, string source, string pattern)
    {
        try
        {
            Go.GoRegex.Whole(pattern);
        }
        catch (FormatException exception)
        {
            throw LogQlException.Parse($"invalid regex in label_replace: {exception.Message}");
        }

        return new(operand, destination, replacement, source, pattern);
    }

    public static BinaryOperation CreateBinaryOperation(
        string op, MetricExpression left, MetricExpression right, bool returnBool, VectorMatching? matching)
    {
        if (op is "and" or "or" or "unless")
        {
            if (left is NumberLiteral l)
                throw Literal("left", l.Value);
            if (right is NumberLiteral r)
                throw Literal("right", r.Value);
        }

        if (returnBool && op is not ("==" or "!=" or ">" or ">=" or "<" or "<="))
            throw LogQlException.Parse($"bool modifier is only allowed for comparison operators: {op}");
        return new(op, left, right, returnBool, matching);

        LogQlException Literal(string leg, double value) => LogQlException.Parse(string.Create(
            CultureInfo.InvariantCulture, $"unexpected literal for {leg} leg of logical/set binary operation ({op}): {value:F6}"));
    }

    /// <summary>A selector has to exclude something: <c>{a=~".*"}</c> would read every stream.</summary>
    public static void RequireSelective(LogExpression log)
    {
        if (!log.Matchers.Any(m => !CompiledMatcher.Of(m).Matches("")))
            throw LogQlException.Parse(
                "queries require at least one regexp or equality matcher that does not have an empty-compatible value. For instance, "
                    + "app=~\".*\" does not meet this requirement, but app=~\".+\" will");
    }
}
