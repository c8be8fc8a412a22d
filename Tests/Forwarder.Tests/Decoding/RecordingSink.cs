using System.Text;
using Observability.Forwarder.Decoding;

namespace Observability.Forwarder.Tests.Decoding;

/// <summary>Wants every field and keeps all it is told. It refuses invalid UTF-8, which Loki would.</summary>
internal sealed class RecordingSink : ILineSink
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<string> _names = [];
    private readonly Dictionary<string, string> _fields = [];
    private Dictionary<string, string> _shared = [];
    private long _timestamp;

    public List<SinkLine> Lines { get; } = [];

    public int FindField(ReadOnlySpan<byte> name)
    {
        var text = Strict.GetString(name);
        if (!_names.Contains(text))
            _names.Add(text);
        return _names.IndexOf(text);
    }

    public bool HasField(int field) => _fields.ContainsKey(_names[field]);

    public void SetField(int field, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
            _fields[_names[field]] = Strict.GetString(value);
    }

    public void SetTimestamp(long nanoseconds) => _timestamp = nanoseconds;

    public void ShareFields() => _shared = new(_fields);

    public void ClearFields()
    {
        _shared = [];
        Forget();
    }

    public void AddLine(ReadOnlySpan<byte> line)
    {
        Lines.Add(new(Strict.GetString(line), _timestamp, new Dictionary<string, string>(_fields)));
        Forget();
    }

    private void Forget()
    {
        _fields.Clear();
        _timestamp = 0;
        foreach (var (name, value) in _shared)
            _fields[name] = value;
    }
}
