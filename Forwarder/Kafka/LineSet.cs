using System.Globalization;
using System.Text;

namespace Observability.Forwarder.Kafka;

/// <summary>Places of lines in a record, from 0, as a dead letter's header names them: <c>0,4-7,12</c>.</summary>
internal sealed class LineSet
{
    private readonly List<(int First, int Last)> _ranges = [];

    private LineSet()
    {
    }

    /// <summary>Whether a line is one of them.</summary>
    public bool Contains(int line)
    {
        var (low, high) = (0, _ranges.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (line < _ranges[middle].First)
                high = middle - 1;
            else if (line > _ranges[middle].Last)
                low = middle + 1;
            else
                return true;
        }

        return false;
    }

    /// <summary>Reads the text of a header.</summary>
    /// <returns>The lines, or <see langword="null"/> when the text is none.</returns>
    public static LineSet? Parse(string text)
    {
        var set = new LineSet();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-');
            if (ends.Length > 2
                || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
                || last < first || (set._ranges.Count > 0 && first <= set._ranges[^1].Last))
                return null;
            set._ranges.Add((first, last));
        }

        return set;
    }

    /// <summary>Writes lines as text.</summary>
    /// <param name="lines">Places of lines, in order, each once.</param>
    public static string Format(IReadOnlyList<int> lines)
    {
        var text = new StringBuilder();
        for (var i = 0; i < lines.Count; i++)
        {
            var first = i;
            while (i + 1 < lines.Count && lines[i + 1] == lines[i] + 1)
                i++;
            text.Append(text.Length > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"{lines[first]}");
            if (i > first)
                text.Append(CultureInfo.InvariantCulture, $"-{lines[i]}");
        }

        return text.ToString();
    }
}
