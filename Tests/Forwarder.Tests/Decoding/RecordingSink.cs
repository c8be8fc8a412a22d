using System.Text;
using Observability.Forwarder.Decoding;

namespace Observability.Forwarder.Tests.Decoding;

/// <summary>Wants every field and keeps all it is told. It refuses invalid UTF-8, which Loki would.</summary>
internal sealed class RecordingSink : ILineSink
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<string> _names = [];
    private readonly Dictionary<string, string> _fields = [];
    private readonly Dictionary<string, string> _attributes = [];
    private Dictionary<string, string> _shared = [];
    private ParsedTime _time;
    private long _observedTime;
    private string _level = "";
    private ParsedTime _headTime;

    public List<SinkLine> Lines { get; } = [];

    /// <summary>The fields in which nested ones are wanted.</summary>
    public HashSet<string> Parents { get; } = [];

    public bool HoldsSeveral { get; private set; }

    public string Identifier { get; private set; } = "";

    public List<string> Traces { get; } = [];

    public object Fields => this;

    public int FindField(ReadOnlySpan<byte> path)
    {
        var text = Strict.GetString(path);
        if (!_names.Contains(text))
            _names.Add(text);
        return _names.IndexOf(text);
    }

    public bool IsParent(ReadOnlySpan<byte> path) => Parents.Contains(Strict.GetString(path));

    public void SetField(int field, FieldSource source, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
            (source == FieldSource.Line ? _fields : _attributes)[_names[field]] = Strict.GetString(value);
    }

    public void AddAttribute(FieldSource source, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
            _attributes[Strict.GetString(name)] = Strict.GetString(value);
    }

    public void SetHead(FieldSource source, ReadOnlySpan<byte> level,
        ParsedTime time) => (_level, _headTime) = (Strict.GetString(level), time);

    public void SetSeverity(ReadOnlySpan<byte> text, int number) => _attributes["severity"] = $"{Strict.GetString(text)} {number}";

    public void SetTime(ParsedTime time) => _time = time;

    public void SetObservedTime(long nanoseconds) => _observedTime = nanoseconds;

    public void SetIdentifier(ReadOnlySpan<byte> identifier) => Identifier = Strict.GetString(identifier);

    public void SetTrace(ReadOnlySpan<byte> traceId, ReadOnlySpan<byte> spanId) =>
        Traces.Add($"{Convert.ToHexStringLower(traceId)}/{Convert.ToHexStringLower(spanId)}");

    public void BeginSeveral() => HoldsSeveral = true;

    public ReadOnlySpan<byte> FindInner() => default;

    public void ShareFields() => _shared = new(_attributes);

    public void ClearFields()
    {
        _shared = [];
        Forget();
    }

    public void AddLine(ReadOnlySpan<byte> line)
    {
        Lines.Add(new(Strict.GetString(line), _time.Nanoseconds != 0 ? _time.Nanoseconds : _observedTime,
            new Dictionary<string, string>(_attributes), new Dictionary<string, string>(_fields), _level, _headTime, _time));
        Forget();
    }

    private void Forget()
    {
        _fields.Clear();
        _attributes.Clear();
        _time = default;
        _observedTime = 0;
        _level = "";
        _headTime = default;
        foreach (var (name, value) in _shared)
            _attributes[name] = value;
    }
}
