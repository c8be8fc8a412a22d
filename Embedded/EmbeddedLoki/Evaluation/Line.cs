using System.Runtime.InteropServices;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;
using Observability.Embedded.EmbeddedLoki.Storage;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>
/// An entry on its way through a pipeline, with its labels in three kinds (pkg/logql/log/labels.go, v3.7.6): the stream's, structured
/// metadata
/// and what stages found. Where names clash the stream's label wins, and the other gets the suffix <c>_extracted</c>. One object serves a
/// whole
/// scan: labels are read and put together only when a stage or the result asks for them, so that a line filter costs no more than the
/// search.
/// </summary>
/// <param name="stream">Labels of the stream.</param>
/// <param name="hints">What parsers are to look for.</param>
internal sealed class Line(LabelSet stream, ParserHints hints)
{
    public const string ErrorLabel = "__error__";
    public const string ErrorDetailsLabel = "__error_details__";
    public const string PreserveErrorLabel = "__preserve_error__";
    private const string ExtractedSuffix = "_extracted";

    private readonly string? _streamLevel = DetectedLevel.Of(stream);
    private readonly List<KeyValuePair<string, string>> _stored = [];
    private readonly LabelList _metadata = new();
    private readonly LabelList _parsed = new();
    private readonly HashSet<string> _removed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _removedParsed = new(StringComparer.Ordinal);
    private ReadOnlyMemory<byte> _original;
    private ReadOnlyMemory<byte> _metadataBytes;
    private bool _metadataRead;
    private string _level = "";
    private LabelSet? _lastCombined;
    private byte[] _lastMetadata = [];
    private string _lastLevel = "";

    public ParserHints Hints { get; } = hints;

    public long Timestamp { get; private set; }

    /// <summary>The text, or what <c>line_format</c> made of it.</summary>
    public ReadOnlyMemory<byte> Text { get; set; }

    /// <summary>Value of <c>__error__</c>; empty for none.</summary>
    public string Error { get; set; } = "";

    /// <summary>Value of <c>__error_details__</c>; empty for none.</summary>
    public string ErrorDetails { get; set; } = "";

    public bool HasError => Error.Length > 0;

    /// <summary>
    /// Whether no stage changed the labels: then <see cref="Combined"/> returns the same object for lines with the same labels.
    /// </summary>
    public bool IsUnchanged => _parsed.Count == 0 && _removed.Count == 0 && !HasError && ErrorDetails.Length == 0;

    public IReadOnlyList<KeyValuePair<string, string>> Metadata
    {
        get
        {
            ReadMetadata();
            return _metadata.Pairs;
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
        if (_removed.Count > 0)
            _removed.Clear();
        if (_removedParsed.Count > 0)
            _removedParsed.Clear();
        Error = ErrorDetails = "";
    }

    /// <summary>The value of a label, which may be empty; null when there is no such label.</summary>
    public string? Find(string name)
    {
        if (_parsed.Find(name) is { } parsed)
            return parsed;
        ReadMetadata();
        return _metadata.Find(name) ?? (!_removed.Contains(name) && stream.Get(name) is { Length: > 0 } value ? value : null);
    }

    /// <summary>The value of a label as a filter compares it: empty when there is none, and the errors have names too.</summary>
    public string Get(string name) => name switch
    {
        ErrorLabel => Error,
        ErrorDetailsLabel => ErrorDetails,
        _ => Find(name) ?? "",
    };

    /// <summary>The name that a parser gives to what it found: with the suffix when the stream or the metadata has it already.</summary>
    public string NameForParsed(string name)
    {
        ReadMetadata();
        return stream.Has(name) || _metadata.Find(name) is not null ? name + ExtractedSuffix : name;
    }

    /// <summary>Whether a parser found the label before: the first of two equal keys counts, in a line and across parsers.</summary>
    public bool WasExtracted(string name) => _parsed.Find(name) is not null || _removedParsed.Contains(name);

    /// <summary>Adds what a parser found unless it is not needed or was found before.</summary>
    public void AddParsed(string name, string value)
    {
        if (name.Length == 0)
            return;
        name = NameForParsed(name);
        if (Hints.Needs(name) && !WasExtracted(name))
            _parsed.Set(name, value);
    }

    /// <summary>Sets a label whatever was there before.</summary>
    public void SetParsed(string name, string value)
    {
        ReadMetadata();
        _metadata.Remove(name);
        _parsed.Set(name, value);
    }

    public bool HasStreamOrMetadata(string name)
    {
        ReadMetadata();
        return stream.Has(name) || _metadata.Find(name) is not null;
    }

    /// <summary>A parser's error; it takes the place of one before.</summary>
    public void SetParserError(string type, string? details)
    {
        Error = type;
        if (details is not null)
            ErrorDetails = details;
        if (Hints.PreservesErrors)
            _parsed.Set(PreserveErrorLabel, "true");
    }

    /// <summary>A filter's error, which does not hide a parser's that may say more.</summary>
    public void SetFilterError(string type, string details)
    {
        if (!HasError)
            (Error, ErrorDetails) = (type, details);
    }

    public void Remove(string name)
    {
        ReadMetadata();
        if (_parsed.Remove(name))
            _removedParsed.Add(name);
        _metadata.Remove(name);
        _removed.Add(name);
    }

    /// <summary>Removes all labels but those that are wanted; errors stay.</summary>
    public void Keep(Func<string, string, bool> wanted)
    {
        ReadMetadata();
        foreach (var (name, value) in stream.Pairs)
        {
            if (_metadata.Find(name) is null && _parsed.Find(name) is null && !wanted(name, value))
                _removed.Add(name);
        }

        foreach (var (name, value) in _parsed.Pairs)
        {
            if (name != PreserveErrorLabel && !wanted(name, value))
                _removedParsed.Add(name);
        }

        _parsed.RemoveAll(p => p.Key != PreserveErrorLabel && !wanted(p.Key, p.Value));
        _metadata.RemoveAll(p => !wanted(p.Key, p.Value));
    }

    /// <summary>What stages found, and the errors.</summary>
    public KeyValuePair<string, string>[] Parsed()
    {
        if (!HasError && ErrorDetails.Length == 0)
            return [.. _parsed.Pairs];
        var all = new List<KeyValuePair<string, string>>(_parsed.Pairs);
        AddErrors(all);
        return [.. all];
    }

    /// <summary>The labels of the stream that no stage removed or replaced.</summary>
    public LabelSet StreamLabels()
    {
        if (_removed.Count == 0 && _parsed.Count == 0)
            return stream;
        ReadMetadata();
        return stream.Where(name => !_removed.Contains(name) && _parsed.Find(name) is null && _metadata.Find(name) is null);
    }

    /// <summary>All labels together: what a query without <c>categorize-labels</c> shows as the stream.</summary>
    public LabelSet Combined()
    {
        ReadMetadata();
        if (!IsUnchanged)
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

    /// <summary>
    /// The labels of the series that a sample of this line belongs to. A line with an error keeps all, or the error would get lost.
    /// </summary>
    public LabelSet Grouped(Grouping? grouping)
    {
        if (grouping is null || HasError)
            return Combined();
        if (grouping.Without)
            return Combined().Remove(grouping.Labels);
        if (grouping.Labels.Count == 0)
            return LabelSet.Empty;
        var pairs = new List<KeyValuePair<string, string>>(grouping.Labels.Count);
        foreach (var name in grouping.Labels)
        {
            if (Find(name) is { } value)
                pairs.Add(KeyValuePair.Create(name, value));
        }

        return LabelSet.WithEmptyValues(pairs);
    }

    private LabelSet Combine()
    {
        var all = new List<KeyValuePair<string, string>>(stream.Count + _metadata.Count + _parsed.Count + 2);
        foreach (var pair in stream.Pairs)
        {
            if (!_removed.Contains(pair.Key) && _metadata.Find(pair.Key) is null && _parsed.Find(pair.Key) is null)
                all.Add(pair);
        }

        all.AddRange(_metadata.Pairs);
        all.AddRange(_parsed.Pairs);
        AddErrors(all);
        return LabelSet.WithEmptyValues(all);
    }

    private void AddErrors(List<KeyValuePair<string, string>> labels)
    {
        if (HasError)
            labels.Add(KeyValuePair.Create(ErrorLabel, Error));
        if (ErrorDetails.Length > 0)
            labels.Add(KeyValuePair.Create(ErrorDetailsLabel, ErrorDetails));
    }

    private void ReadMetadata()
    {
        if (_metadataRead)
            return;
        _metadataRead = true;
        _stored.Clear();
        StructuredMetadata.Read(_metadataBytes.Span, _stored);
        _level = _streamLevel ?? "";
        var given = false;
        foreach (ref readonly var pair in CollectionsMarshal.AsSpan(_stored))
            given |= pair.Key == DetectedLevel.Name;
        if (given)
            _level = DetectedLevel.Normalize(_stored.First(p => p.Key == DetectedLevel.Name).Value);
        else if (_streamLevel is null)
            _level = DetectedLevel.Of(_stored, _original.Span);
        foreach (var (name, value) in _stored)
            AddMetadata(name, name == DetectedLevel.Name ? _level : value);
        if (!given)
            AddMetadata(DetectedLevel.Name, _level);
    }

    private void AddMetadata(string name, string value)
    {
        if (name == ErrorLabel)
            Error = value;
        else if (name == ErrorDetailsLabel)
            ErrorDetails = value;
        else
            _metadata.Set(stream.Has(name) ? name + ExtractedSuffix : name, value);
    }
}
