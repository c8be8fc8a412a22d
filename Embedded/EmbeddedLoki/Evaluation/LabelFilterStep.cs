using System.Globalization;
using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>
/// Conditions on labels (pkg/logql/log/label_filter.go). A label that is missing fulfils no comparison of numbers; one that is no number lets
/// the line pass with <c>__error__</c> set, and a line with an error passes every comparison of numbers.
/// </summary>
internal sealed class LabelFilterStep(LabelFilter filter) : IPipelineStep
{
    public bool Process(Line line) => Passes(filter, line);

    private static bool Passes(LabelFilter filter, Line line) => filter switch
    {
        StringLabelFilter s => Matchers.Matches(s.Matcher, line.Get(s.Matcher.Name)),
        NumberLabelFilter n => Compare(line, n.Name, n.Operator, n.Value, TryParseNumber),
        DurationLabelFilter d => Compare(line, d.Name, d.Operator, d.Value, TryParseDuration),
        BytesLabelFilter b => Compare(line, b.Name, b.Operator, b.Value, TryParseBytes),
        BinaryLabelFilter { And: true } and => Passes(and.Left, line) && Passes(and.Right, line),
        BinaryLabelFilter or => Passes(or.Left, line) || Passes(or.Right, line),
        _ => throw new NotSupportedException(filter.GetType().Name),
    };

    private static bool Compare(Line line, string name, string op, double wanted, Func<string, double?> parse)
    {
        if (line.HasError)
            return true;
        var text = line.Get(name);
        if (text.Length == 0)
            return false;
        if (parse(text) is not { } value)
        {
            line.SetError("LabelFilterErr", $"'{text}' of label '{name}' is not a value to compare with");
            return true;
        }

        return op switch
        {
            ">" => value > wanted,
            ">=" => value >= wanted,
            "<" => value < wanted,
            "<=" => value <= wanted,
            "!=" => value != wanted,
            _ => value == wanted,
        };
    }

    private static double? TryParseNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static double? TryParseDuration(string text) => Durations.TryParseGo(text, out var value) ? value : null;

    private static double? TryParseBytes(string text) => ByteSizes.TryParse(text, out var value) ? value : null;
}
