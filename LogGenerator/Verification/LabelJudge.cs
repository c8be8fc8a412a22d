using System.Text;
using System.Text.Json;

namespace Observability.LogGenerator.Verification;

/// <summary>
/// Compares what a store shows beside a line with what the line itself states: the label <c>level</c> with the field <c>level</c>, and
/// so on. Lines that are no JSON state nothing. One instance serves one reader.
/// </summary>
/// <param name="labels">The labels that are compared.</param>
/// <param name="metadata">The structured metadata that is compared.</param>
/// <param name="labelNamespace">The label <c>namespace</c> of lines that state none.</param>
internal sealed class LabelJudge(IReadOnlyList<string> labels, IReadOnlyList<string> metadata, string labelNamespace)
{
    // What the Forwarder gives every label of a line that would open one stream too many.
    private static readonly byte[] Overflow = "overflow"u8.ToArray();

    private readonly byte[] _namespace = Encoding.UTF8.GetBytes(labelNamespace);
    private readonly Pair[] _pairs =
    [
        .. labels.Select(name => new Pair(name, isLabel: true)),
        .. metadata.Where(name => !labels.Contains(name)).Select(name => new Pair(name, isLabel: false)),
    ];

    /// <summary>Forgets the labels of the stream before.</summary>
    public void BeginStream()
    {
        foreach (var pair in _pairs)
            pair.OfStream = pair.OfEntry = null;
    }

    /// <summary>Takes a label, or metadata that the store shows among the labels.</summary>
    /// <param name="reader">At the value, a text.</param>
    /// <param name="name">The label's name.</param>
    public void AddToStream(string name, ref Utf8JsonReader reader)
    {
        if (Find(name) is { } pair)
            pair.OfStream = Value(ref reader);
    }

    /// <summary>Takes metadata that the store shows beside the line.</summary>
    public void AddToEntry(string name, ref Utf8JsonReader reader)
    {
        if (Find(name) is { } pair)
            pair.OfEntry = Value(ref reader);
    }

    /// <summary>Says what is not as the line states it; null when all is. The metadata of the entry is forgotten.</summary>
    /// <param name="line">A line whose checksum holds.</param>
    public string? Judge(ReadOnlySpan<byte> line)
    {
        var change = line.StartsWith("{"u8) && line.EndsWith("}"u8) ? Compare(line) : null;
        foreach (var pair in _pairs)
            pair.OfEntry = null;
        return change;
    }

    private string? Compare(ReadOnlySpan<byte> line)
    {
        string? change = null;
        var statesNamespace = false;
        var reader = new Utf8JsonReader(line);
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var pair = Find(ref reader);
                reader.Read();
                if (pair is null || reader.TokenType != JsonTokenType.String)
                {
                    reader.Skip();
                    continue;
                }

                statesNamespace |= pair.Name == "namespace";
                if (change is null && !pair.Matches(ref reader))
                    change = pair.Describe(reader.GetString()!);
            }
        }
        catch (JsonException)
        {
            // A line that only looks like JSON states nothing.
            return null;
        }

        if (change is null && !statesNamespace && Find("namespace") is { Shown: var shown } place
            && !shown.AsSpan().SequenceEqual(_namespace) && !IsOverflow(shown))
            change = place.Describe(labelNamespace);
        return change;
    }

    private static bool IsOverflow(byte[]? shown) => shown.AsSpan().SequenceEqual(Overflow);

    private static byte[] Value(ref Utf8JsonReader reader) => Encoding.UTF8.GetBytes(reader.GetString() ?? "");

    private Pair? Find(string name) => Array.Find(_pairs, pair => pair.Name == name);

    private Pair? Find(ref Utf8JsonReader reader)
    {
        foreach (var pair in _pairs)
        {
            if (reader.ValueTextEquals(pair.Name))
                return pair;
        }

        return null;
    }

    private sealed class Pair(string name, bool isLabel)
    {
        public string Name { get; } = name;

        public byte[]? OfStream { get; set; }

        public byte[]? OfEntry { get; set; }

        public byte[]? Shown => OfEntry ?? OfStream;

        // Levels are written in capitals and shown in small letters.
        public bool Matches(ref Utf8JsonReader reader) => Shown is { } shown
            && ((isLabel && IsOverflow(shown))
                || (Name == "level" ? Ascii.EqualsIgnoreCase(reader.ValueSpan, shown)
                    && shown.AsSpan().IndexOfAnyInRange((byte)'A', (byte)'Z') < 0 : reader.ValueTextEquals(shown)));

        public string Describe(string stated)
        {
            var kind = isLabel ? "label" : "metadata";
            var expected = Name == "level" ? stated.ToLowerInvariant() : stated;
            return Shown is { } shown
                ? $"{kind} {Name} is '{Encoding.UTF8.GetString(shown)}' instead of '{expected}'"
                : $"{kind} {Name} is absent instead of '{expected}'";
        }
    }
}
