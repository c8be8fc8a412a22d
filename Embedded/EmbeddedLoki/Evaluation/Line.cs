using System.Runtime.InteropServices;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.Storage;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>
/// An entry on its way through a pipeline. One object serves a whole scan: labels are read and put together only when a stage or the
/// result asks for them, so that a line filter costs no more than the search in the line.
/// </summary>
internal sealed class Line
{
    public const string ErrorLabel = "__error__";
    public const string ErrorDetailsLabel = "__error_details__";

    private readonly LabelSet _stream;
    private readonly string? _streamLevel;
    private readonly List<KeyValuePair<string, string>> _metadata = [];
    private readonly List<KeyValuePair<string, string>> _parsed = [];
    private readonly HashSet<string> _removed = new(StringComparer.Ordinal);
    private ReadOnlyMemory<byte> _original;
    private ReadOnlyMemory<byte> _metadataBytes;
    private bool _metadataRead;
    private string _level = "";
    private LabelSet? _lastCombined;
    private byte[] _lastMetadata = [];
    private string _lastLevel = "";

    public Line(LabelSet stream)
    {
        _stream = stream;
        _streamLevel = DetectedLevel.Of(stream);
    }

    public long Timestamp { get; private set; }

    /// <summary>The text, or what <c>line_format</c> made of it.</summary>
    public ReadOnlyMemory<byte> Text { get; set; }

    /// <summary>An error is always the doing of a stage, so it is looked for among what stages found.</summary>
    public bool HasError => _parsed.Count > 0 && Find(_parsed, ErrorLabel) is { Length: > 0 };

    public List<KeyValuePair<string, string>> Parsed => _parsed;

    public List<KeyValuePair<string, string>> Metadata
    {
        get
        {
            ReadMetadata();
            return _metadata;
        }
    }

    public void Reset(long timestamp, ReadOnlyMemory<byte> text, ReadOnlyMemory<byte> metadata)
    {
        Timestamp = timestamp;
        Text = _original = text;
        _metadataBytes = metadata;
        _metadataRead = false;
        _metadata.Clear();
        _parsed.Clear();
        _removed.Clear();
    }

    public string Get(string name)
    {
        if (Find(_parsed, name) is { } parsed)
            return parsed;
        ReadMetadata();
        return Find(_metadata, name) ?? (_removed.Contains(name) ? "" : _stream.Get(name));
    }

    /// <summary>Adds what a parser found. A name that the stream or the metadata has already gets the suffix <c>_extracted</c>.</summary>
    public void AddParsed(string name, string value)
    {
        if (name.Length == 0)
            return;
        ReadMetadata();
        if (_stream.Has(name) || Find(_metadata, name) is not null)
            name += "_extracted";
        // The first of two equal keys counts, in a line and across parsers.
        if (Find(_parsed, name) is null)
            _parsed.Add(KeyValuePair.Create(name, value));
    }

    public void SetError(string type, string details)
    {
        Remove(ErrorLabel);
        Remove(ErrorDetailsLabel);
        _parsed.Add(KeyValuePair.Create(ErrorLabel, type));
        _parsed.Add(KeyValuePair.Create(ErrorDetailsLabel, details));
    }

    public void Remove(string name)
    {
        ReadMetadata();
        _parsed.RemoveAll(p => p.Key == name);
        _metadata.RemoveAll(p => p.Key == name);
        _removed.Add(name);
    }

    public IEnumerable<string> Names()
    {
        ReadMetadata();
        return _stream.Pairs.ToArray().Select(p => p.Key).Where(name => !_removed.Contains(name))
            .Concat(_metadata.Select(p => p.Key)).Concat(_parsed.Select(p => p.Key)).Distinct();
    }

    /// <summary>The labels of the stream that no stage removed.</summary>
    public LabelSet StreamLabels() => _removed.Count == 0 ? _stream : _stream.Remove(_removed);

    /// <summary>All labels together: what a query without <c>categorize-labels</c> shows as the stream.</summary>
    public LabelSet Combined()
    {
        ReadMetadata();
        if (_parsed.Count > 0 || _removed.Count > 0)
            return Combine();
        // Runs of entries with the same metadata are the rule; putting labels together is the costly part.
        if (_lastCombined is null || _lastLevel != _level || !_lastMetadata.AsSpan().SequenceEqual(_metadataBytes.Span))
        {
            _lastCombined = Combine();
            _lastLevel = _level;
            _lastMetadata = _metadataBytes.ToArray();
        }

        return _lastCombined;
    }

    private static string? Find(List<KeyValuePair<string, string>> pairs, string name)
    {
        foreach (ref readonly var pair in CollectionsMarshal.AsSpan(pairs))
        {
            if (pair.Key == name)
                return pair.Value;
        }

        return null;
    }

    private LabelSet Combine() => LabelSet.From([.. StreamLabels().Pairs, .. _metadata, .. _parsed]);

    private void ReadMetadata()
    {
        if (_metadataRead)
            return;
        _metadataRead = true;
        StructuredMetadata.Read(_metadataBytes.Span, _metadata);
        for (var i = 0; i < _metadata.Count; i++)
        {
            if (_metadata[i].Key != DetectedLevel.Name)
                continue;
            _level = DetectedLevel.Normalize(_metadata[i].Value);
            _metadata[i] = KeyValuePair.Create(DetectedLevel.Name, _level);
            return;
        }

        _level = _streamLevel ?? DetectedLevel.Of(_metadata, _original.Span);
        _metadata.Add(KeyValuePair.Create(DetectedLevel.Name, _level));
    }
}
