using Observability.Embedded.EmbeddedLoki.Go;

namespace Observability.Embedded.EmbeddedLoki.Labels;

/// <summary>
/// Reads a stream's labels as a push carries them, <c>{a="b", c="d"}</c>: what Loki gives to Prometheus' <c>ParseMetric</c>, with its words
/// (promql/parser/lex.go) for what is wrong.
/// </summary>
internal ref struct LabelSetParser
{
    private const string Expected = "expected \",\" or \"}\"";
    private readonly string _text;
    private int _i;
    private string _error;

    private LabelSetParser(string text) => (_text, _i, _error) = (text, 0, "");

    private readonly bool AtEnd => _i >= _text.Length;

    /// <param name="text">The labels' text.</param>
    /// <param name="labels">The labels in the order of the text, duplicates included: the limits' check has to see them.</param>
    /// <param name="error">Prometheus' words, with line and column, when the text is not a set of labels.</param>
    public static bool TryParse(string text, out List<KeyValuePair<string, string>> labels, out string error)
    {
        var parser = new LabelSetParser(text);
        labels = [];
        var read = parser.ReadSet(labels);
        error = parser._error;
        return read;
    }

    private bool ReadSet(List<KeyValuePair<string, string>> labels)
    {
        SkipSpace();
        if (AtEnd)
            return Fail(_i, "unexpected end of input");
        if (_text[_i] != '{')
            return Fail(_i, $"unexpected character: {GoQuote.QuoteRune(_text, _i)}, expected label set");
        _i++;
        SkipSpace();
        while (AtEnd || _text[_i] != '}')
        {
            if (!ReadLabel(labels))
                return false;
            SkipSpace();
            if (!AtEnd && _text[_i] == ',')
                _i++;
            else if (AtEnd || _text[_i] != '}')
                return Unexpected($"in label set, {Expected}");
            SkipSpace();
        }

        _i++;
        SkipSpace();
        return AtEnd || Fail(_i, $"unexpected character: {GoQuote.QuoteRune(_text, _i)}");
    }

    private bool ReadLabel(List<KeyValuePair<string, string>> labels)
    {
        string name;
        if (!AtEnd && IsQuote(_text[_i]))
        {
            if (!ReadString(out name))
                return false;
        }
        else if (ReadWord() is { Length: > 0 } word)
        {
            name = word;
        }
        else
        {
            return Unexpected("in label set, expected identifier or \"}\"");
        }

        SkipSpace();
        if (AtEnd || _text[_i] != '=' || (_i + 1 < _text.Length && _text[_i + 1] == '~'))
            return Unexpected("in label set, expected \"=\"");
        _i++;
        SkipSpace();
        if (AtEnd || !IsQuote(_text[_i]))
            return Unexpected("in label set, expected string");
        if (!ReadString(out var value))
            return false;
        labels.Add(KeyValuePair.Create(name, value));
        return true;
    }

    private bool ReadString(out string value)
    {
        var read = GoQuote.Read(_text, _i, out value);
        if (read == 0)
            return Fail(_i, "unterminated quoted string");
        _i += read;
        return true;
    }

    private string ReadWord()
    {
        var start = _i;
        while (!AtEnd && LabelName.IsPart(_text[_i], _i == start))
            _i++;
        return _text[start.._i];
    }

    /// <summary>The token that stands here where another one should; a character that starts no token is said before that.</summary>
    private bool Unexpected(string expected)
    {
        if (AtEnd)
            return Fail(_i, "unexpected end of input inside braces");
        var at = _i;
        var c = _text[_i];
        if (IsQuote(c))
            return ReadString(out _) && Fail(at, $"unexpected string {GoQuote.Quote(_text[at.._i])} {expected}");
        if (ReadWord() is { Length: > 0 } word)
            return Fail(at, $"unexpected identifier {GoQuote.Quote(word)} {expected}");
        var next = _i + 1 < _text.Length ? _text[_i + 1] : ' ';
        return (c, next) switch
        {
            ('=', '~') => Fail(at, $"unexpected \"=~\" {expected}"),
            ('!', '=' or '~') => Fail(at, $"unexpected \"!{next}\" {expected}"),
            ('!', _) => Fail(at, $"unexpected character after '!' inside braces: {GoQuote.QuoteRune(_text, at + 1)}"),
            (',' or '=' or '}', _) => Fail(at, $"unexpected \"{c}\" {expected}"),
            ('{', _) => Fail(at, "unexpected left brace '{'"),
            _ => Fail(at, $"unexpected character inside braces: {GoQuote.QuoteRune(_text, at)}"),
        };
    }

    private bool Fail(int at, string message)
    {
        var before = _text.AsSpan(0, Math.Min(at, _text.Length));
        _error = $"{before.Count('\n') + 1}:{before.Length - before.LastIndexOf('\n')}: parse error: {message}";
        return false;
    }

    private void SkipSpace()
    {
        while (!AtEnd && _text[_i] is ' ' or '\t' or '\n' or '\r')
            _i++;
    }

    private static bool IsQuote(char c) => c is '"' or '\'' or '`';
}
