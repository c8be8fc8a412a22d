using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Go;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>
/// The number that a line stands for – one, its bytes, or the value of the unwrapped label – and the series that it belongs to
/// (pkg/logql/log/metrics_extraction.go, pkg/logql/syntax/extractor.go, v3.7.6).
/// </summary>
internal sealed class SampleExtractor
{
    private readonly Pipeline _pipeline;
    private readonly Unwrap? _unwrap;
    private readonly LabelFilterStep[] _filters;
    private readonly bool _bytes;
    private readonly bool _noLabels;
    private readonly Grouping? _grouping;

    /// <param name="aggregation">What the samples are for.</param>
    /// <param name="grouping">The grouping around it when it may take the place of the aggregation's own; null for that one.</param>
    /// <exception cref="LogQlException">A stage is malformed.</exception>
    public SampleExtractor(RangeAggregation aggregation, Grouping? grouping)
    {
        _pipeline = new(aggregation.Range.Log.Stages);
        _unwrap = aggregation.Range.Unwrap;
        _filters = [.. _unwrap?.Filters.Select(f => new LabelFilterStep(f)) ?? []];
        _bytes = aggregation.Function is "bytes_over_time" or "bytes_rate";
        _grouping = grouping ?? aggregation.Grouping;
        _noLabels = aggregation.Function == "absent_over_time" || _grouping is { Without: false, Labels.Count: 0 };
        if (_unwrap is not null && (_grouping is null || _grouping.Without || _grouping.Labels.Count == 0))
        {
            // The label that became the value does not tell series apart.
            _grouping = new(Without: true, new([.. _grouping?.Labels ?? NodeList<string>.Empty, _unwrap.Label]));
        }

        Hints = ParserHints.Create(
            [.. _pipeline.Labels, .. _filters.SelectMany(f => f.Labels)],
            _grouping?.Labels ?? NodeList<string>.Empty,
            _grouping?.Without == true,
            _noLabels,
            _unwrap?.Label ?? "");
    }

    public ParserHints Hints { get; }

    public Pipeline Pipeline => _pipeline;

    /// <returns>False when the line has no such label, or a filter behind the unwrap takes it out.</returns>
    public bool TryExtract(Line line, out double value)
    {
        value = _bytes ? line.Text.Length : 1;
        if (_unwrap is null)
            return true;
        if (line.Find(_unwrap.Label) is not { Length: > 0 } text)
            return false;
        if (Convert(text, out value) is { } error)
            (value, line.Error, line.ErrorDetails) = (0, "SampleExtractionErr", error);
        var passes = true;
        foreach (var filter in _filters)
            passes &= filter.Process(line);
        return passes;
    }

    /// <summary>The labels of the line's series. A line with an error keeps all, or the error would get lost.</summary>
    public LabelSet GroupOf(Line line) => _noLabels && !line.HasError ? LabelSet.Empty : line.Grouped(_grouping);

    private string? Convert(string text, out double value)
    {
        switch (_unwrap!.Conversion)
        {
            case "duration" or "duration_seconds":
                var isDuration = LogQlDurations.TryParseGo(text, out var duration);
                value = GoDuration.Seconds(duration);
                return isDuration ? null : GoDuration.Error(text);
            case "bytes":
                var error = GoBytes.Parse(text, out var bytes);
                value = bytes;
                return error;
            default:
                return GoFloat.Parse(text, out value);
        }
    }
}
