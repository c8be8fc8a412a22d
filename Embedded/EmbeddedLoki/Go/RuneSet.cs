using System.Globalization;
using System.Text;

namespace Observability.Embedded.EmbeddedLoki.Go;

/// <summary>A set of Unicode code points, as sorted ranges: what a character class of a regular expression stands for.</summary>
internal sealed class RuneSet
{
    private const int Last = 0x10FFFF;
    private const int FirstSurrogate = 0xD800;
    private const int LastSurrogate = 0xDFFF;
    private const int FirstAstral = 0x10000;

    /// <summary>Letters that are the same but for their case and that no change of case leads to; each line is one such family.</summary>
    private static readonly string[] Families =
    [
        "Kk\u212A", "Ss\u017F", "Åå\u212B", "Σσς", "Μμµ", "Θθϑϴ", "Ωω\u2126", "Ββϐ", "Εεϵ", "Κκϰ",
        "Ππϖ", "Ρρϱ", "Φφϕ", "ßẞ",
    ];

    private List<(int Low, int High)> _ranges = [];

    /// <summary>Every code point.</summary>
    public static RuneSet All()
    {
        var all = new RuneSet();
        all.Add(0, Last);
        return all;
    }

    public void Add(int low, int high) => _ranges.Add((low, high));

    public void Add(RuneSet other) => _ranges.AddRange(other._ranges);

    public void AddAllBut(RuneSet other)
    {
        var next = 0;
        foreach (var (low, high) in other.Merged())
        {
            if (low > next)
                Add(next, low - 1);
            next = high + 1;
        }

        if (next <= Last)
            Add(next, Last);
    }

    /// <summary>Adds what differs from a member by its case alone.</summary>
    public void AddOtherCases()
    {
        foreach (var (low, high) in Merged().ToList())
        {
            // Above the letters that have a case there is nothing to find, and a range that has all of them needs none.
            for (var rune = low; rune <= Math.Min(high, 0x1E943) && high - low < 0xD000; rune++)
            {
                if (rune is >= FirstSurrogate and <= LastSurrogate || !Rune.IsLetter(new Rune(rune)))
                    continue;
                foreach (var other in OtherCases(new Rune(rune)))
                    Add(other, other);
            }
        }
    }

    /// <summary>The set as .NET writes it for one code point, in UTF-16.</summary>
    /// <param name="runs">
    /// True for a repetition of any length: when all code points beyond U+FFFF belong to it, their halves may be taken one by one.
    /// </param>
    public string ToPattern(bool runs)
    {
        var ranges = Merged();
        if (ranges.Count == 0)
            return @"[^\u0000-\uFFFF]";
        var allAstral = ranges[^1].Low <= FirstAstral && ranges[^1].High == Last;
        if (runs && allAstral)
            return Class(ranges, withSurrogates: true);
        var astral = AstralPattern(ranges);
        var plain = ranges[0].Low < FirstAstral ? Class(ranges, withSurrogates: false) : "";
        return astral.Length == 0 ? plain : plain.Length == 0 ? $"(?:{astral})" : $"(?:{plain}|{astral})";
    }

    private static IEnumerable<int> OtherCases(Rune rune)
    {
        yield return Rune.ToLowerInvariant(rune).Value;
        yield return Rune.ToUpperInvariant(rune).Value;
        if (!rune.IsBmp)
            yield break;
        foreach (var family in Families)
        {
            if (!family.Contains((char)rune.Value))
                continue;
            foreach (var other in family)
                yield return other;
        }
    }

    private static string Class(List<(int Low, int High)> ranges, bool withSurrogates)
    {
        var bmp = ranges.Where(r => r.Low < FirstAstral).Select(r => (r.Low, High: Math.Min(r.High, 0xFFFF))).ToList();
        var text = new StringBuilder("[");
        if (bmp.Count > 0 && bmp[^1].High == 0xFFFF)
        {
            // What is left out is shorter to write.
            text.Append('^');
            var next = 0;
            foreach (var (low, high) in bmp)
            {
                if (low > next)
                    Append(text, next, low - 1);
                next = high + 1;
            }

            if (!withSurrogates)
                Append(text, FirstSurrogate, LastSurrogate);
            return text.Length == 2 ? @"[\u0000-\uFFFF]" : text.Append(']').ToString();
        }

        foreach (var (low, high) in bmp)
        {
            // A half of a pair never stands for itself.
            if (low < FirstSurrogate)
                Append(text, low, Math.Min(high, FirstSurrogate - 1));
            if (high > LastSurrogate)
                Append(text, Math.Max(low, LastSurrogate + 1), high);
        }

        return text.Length == 1 ? "" : text.Append(']').ToString();
    }

    private static string AstralPattern(List<(int Low, int High)> ranges)
    {
        var parts = new List<string>();
        foreach (var range in ranges)
        {
            if (range.High < FirstAstral)
                continue;
            var (low, high) = (Math.Max(range.Low, FirstAstral), range.High);
            while (low <= high)
            {
                // Whole blocks of one high half come together; what is before and behind them, each for itself.
                var (first, last) = (High(low), High(high));
                if (Low(low) == 0xDC00 && (first < last || Low(high) == 0xDFFF))
                {
                    var end = Low(high) == 0xDFFF ? last : last - 1;
                    parts.Add($"[{Unit(first)}-{Unit(end)}][\\uDC00-\\uDFFF]");
                    low = FirstAstral + ((end - FirstSurrogate + 1) << 10);
                    continue;
                }

                var stop = first == last ? Low(high) : 0xDFFF;
                parts.Add($"{Unit(first)}[{Unit(Low(low))}-{Unit(stop)}]");
                low += stop - Low(low) + 1;
            }
        }

        return string.Join('|', parts);

        static int High(int rune) => FirstSurrogate + ((rune - FirstAstral) >> 10);
        static int Low(int rune) => 0xDC00 + ((rune - FirstAstral) & 0x3FF);
    }

    private static void Append(StringBuilder text, int low, int high)
    {
        text.Append(Unit(low));
        if (high > low)
            text.Append('-').Append(Unit(high));
    }

    private static string Unit(int unit) => string.Create(CultureInfo.InvariantCulture, $"\\u{unit:X4}");

    private List<(int Low, int High)> Merged()
    {
        _ranges.Sort();
        var merged = new List<(int Low, int High)>(_ranges.Count);
        foreach (var (low, high) in _ranges)
        {
            if (merged.Count > 0 && low <= merged[^1].High + 1)
                merged[^1] = (merged[^1].Low, Math.Max(merged[^1].High, high));
            else
                merged.Add((low, high));
        }

        return _ranges = merged;
    }
}
