using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>
/// Conditions on labels (pkg/logql/log/label_filter.go and ip.go, v3.7.6). A label that is missing fulfils no comparison of numbers; one
/// that
/// is no number lets the line pass with <c>__error__</c> set.
/// </summary>
internal sealed class LabelFilterStep : IPipelineStep
{
    private readonly Func<Line, bool> _passes;
    private readonly List<string> _labels = [];

    /// <exception cref="StageException">An <c>ip()</c> holds no address.</exception>
    public LabelFilterStep(LabelFilter filter) => _passes = Create(filter);

    public IEnumerable<string> Labels => _labels;

    public bool Process(Line line) => _passes(line);

    private Func<Line, bool> Create(LabelFilter filter)
    {
        switch (filter)
        {
            case StringLabelFilter s:
                _labels.Add(s.Matcher.Name);
                var matcher = CompiledMatcher.OfPipeline(s.Matcher);
                return line => matcher.Matches(line.Get(s.Matcher.Name));
            case NumberLabelFilter n:
                _labels.Add(n.Name);
                return line => Compare(line, n.Name, n.Operator, n.Value, static text => (GoFloat.Parse(text, out var value), value));
            case DurationLabelFilter d:
                _labels.Add(d.Name);
                return line => Compare(
                    line, d.Name, d.Operator, d.Value,
                    static text => LogQlDurations.TryParseGo(text, out var value) ? (null, value) : (GoDuration.Error(text), 0L));
            case BytesLabelFilter b:
                _labels.Add(b.Name);
                return line => Compare(line, b.Name, b.Operator, b.Value, static text => (GoBytes.Parse(text, out var value), value));
            case IpLabelFilter ip:
                _labels.Add(ip.Name);
                var addresses = IpRange.Parse(ip.Pattern);
                return line =>
                    line.HasError
                    || (line.Find(ip.Name) is { } value && addresses.IsIn(System.Text.Encoding.UTF8.GetBytes(value)) == ip.IsWanted);
            case BinaryLabelFilter binary:
                var left = Create(binary.Left);
                var right = Create(binary.Right);
                // Both sides of an "and" are looked at in any case, since either may set an error.
                return binary.And ? line => left(line) & right(line) : line => left(line) || right(line);
            default:
                throw new NotSupportedException(filter.GetType().Name);
        }
    }

    private static bool Compare<T>(Line line, string name, string op, T wanted, Func<string, (string? Error, T Value)> parse)
        where T : IComparable<T>, IEquatable<T>
    {
        if (line.Find(name) is not { } text)
            return false;
        var (error, value) = parse(text);
        if (error is not null)
        {
            line.SetFilterError("LabelFilterErr", error);
            return true;
        }

        if (value is double.NaN)
            return op == "!=";
        return op switch
        {
            ">" => value.CompareTo(wanted) > 0,
            ">=" => value.CompareTo(wanted) >= 0,
            "<" => value.CompareTo(wanted) < 0,
            "<=" => value.CompareTo(wanted) <= 0,
            "!=" => !value.Equals(wanted),
            _ => value.Equals(wanted),
        };
    }
}
