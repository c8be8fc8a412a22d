namespace Observability.Embedded.EmbeddedLoki.Labels;

/// <summary>Reads <c>key=value key="quoted value" key</c> pair by pair, leaving out what is malformed.</summary>
internal ref struct LogfmtReader(ReadOnlySpan<byte> line)
{
    private ReadOnlySpan<byte> _rest = line;

    public ReadOnlySpan<byte> Key { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>What was wrong on the way; null when nothing was.</summary>
    public string? Error { get; private set; }

    public bool Read()
    {
        while (true)
        {
            while (!_rest.IsEmpty && _rest[0] <= (byte)' ')
                _rest = _rest[1..];
            if (_rest.IsEmpty)
                return false;
            var end = 0;
            while (end < _rest.Length && _rest[end] > (byte)' ' && _rest[end] is not ((byte)'=' or (byte)'"'))
                end++;
            Key = _rest[..end];
            Value = default;
            if (end < _rest.Length && _rest[end] == (byte)'"')
            {
                Error ??= "logfmt syntax error: unexpected '\"'";
                SkipWord();
                continue;
            }

            if (end == _rest.Length || _rest[end] != (byte)'=')
            {
                _rest = _rest[end..];
                return true;
            }

            if (end == 0)
            {
                Error ??= "logfmt syntax error: unexpected '='";
                SkipWord();
                continue;
            }

            _rest = _rest[(end + 1)..];
            if (ReadValue())
                return true;
        }
    }

    private bool ReadValue()
    {
        if (_rest.IsEmpty || _rest[0] != (byte)'"')
        {
            var end = 0;
            while (end < _rest.Length && _rest[end] > (byte)' ')
                end++;
            Value = _rest[..end];
            _rest = _rest[end..];
            return true;
        }

        var i = 1;
        var escaped = false;
        while (i < _rest.Length && _rest[i] != (byte)'"')
        {
            escaped |= _rest[i] == (byte)'\\';
            i += _rest[i] == (byte)'\\' ? 2 : 1;
        }

        if (i >= _rest.Length)
        {
            Error ??= "logfmt syntax error: unterminated quoted value";
            _rest = default;
            return false;
        }

        Value = escaped ? Unescape(_rest[1..i]) : _rest[1..i];
        _rest = _rest[(i + 1)..];
        return true;
    }

    private void SkipWord()
    {
        var end = 0;
        while (end < _rest.Length && _rest[end] > (byte)' ')
            end++;
        _rest = _rest[end..];
    }

    private static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> text)
    {
        var result = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != (byte)'\\' || i + 1 == text.Length)
            {
                result.Add(text[i]);
                continue;
            }

            result.Add(text[++i] switch
            {
                (byte)'n' => (byte)'\n',
                (byte)'r' => (byte)'\r',
                (byte)'t' => (byte)'\t',
                var other => other,
            });
        }

        return result.ToArray();
    }
}
