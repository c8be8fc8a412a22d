namespace Observability.LogGenerator.Tests.Support;

/// <summary>A line as a store shows it.</summary>
/// <param name="Timestamp">In nanoseconds since 1970.</param>
/// <param name="Line">Its text.</param>
/// <param name="Labels">Its labels and its structured metadata, which Loki shows among them.</param>
internal sealed record ShownLine(long Timestamp, string Line, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>The line's number; 0 when it has none.</summary>
    public long Sequence { get; } = System.Text.RegularExpressions.Regex.Match(Line, """seq(?:":|=)(\d+)""") is { Success: true } match
        ? long.Parse(match.Groups[1].Value, null)
        : 0;

    public ShownLine With(string label, string? value)
    {
        var labels = Labels.ToDictionary();
        if (value is null)
            labels.Remove(label);
        else
            labels[label] = value;
        return this with { Labels = labels };
    }
}
