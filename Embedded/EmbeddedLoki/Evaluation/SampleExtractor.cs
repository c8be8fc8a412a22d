using System.Globalization;
using Observability.Embedded.EmbeddedLoki.LogQl;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>The number that a line stands for: one, its bytes, or the value of the unwrapped label.</summary>
internal sealed class SampleExtractor
{
    private readonly Unwrap? _unwrap;
    private readonly LabelFilterStep[] _filters;
    private readonly bool _bytes;

    private SampleExtractor(Unwrap? unwrap, bool bytes)
    {
        _unwrap = unwrap;
        _bytes = bytes;
        _filters = [.. unwrap?.Filters.Select(f => new LabelFilterStep(f)) ?? []];
    }

    public static SampleExtractor Create(RangeAggregation aggregation) =>
        new(aggregation.Range.Unwrap, aggregation.Function is "bytes_over_time" or "bytes_rate");

    /// <returns>False when the line has no such label, or a filter behind the unwrap takes it out.</returns>
    public bool TryExtract(Line line, out double value)
    {
        value = _bytes ? line.Text.Length : 1;
        if (_unwrap is null)
            return true;
        var text = line.Get(_unwrap.Label);
        if (text.Length == 0)
            return false;
        if (Convert(text) is { } number)
        {
            value = number;
            // The label that became the value no longer tells series apart.
            line.Remove(_unwrap.Label);
        }
        else
        {
            line.SetError("SampleExtractionErr", $"'{text}' of label '{_unwrap.Label}' is no number");
        }

        foreach (var filter in _filters)
        {
            if (!filter.Process(line))
                return false;
        }

        return true;
    }

    private double? Convert(string text) => _unwrap!.Conversion switch
    {
        "duration" or "duration_seconds" => Durations.TryParseGo(text, out var duration) ? duration / (double)Durations.Second : null,
        "bytes" => ByteSizes.TryParse(text, out var bytes) ? bytes : null,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
    };
}
