namespace Observability.Forwarder.Decoding;

/// <summary>Steps through the elements of a JSON array where they stand.</summary>
internal ref struct JsonElements
{
    private readonly ReadOnlySpan<byte> _text;
    private int _position;

    /// <summary>Starts before the first element.</summary>
    /// <param name="text">The text.</param>
    /// <param name="position">Where the opening bracket stands.</param>
    public JsonElements(ReadOnlySpan<byte> text, int position)
    {
        _text = text;
        _position = JsonText.SkipSpace(text, position + 1);
        if (_position < text.Length && text[_position] == ']')
            End();
    }

    /// <summary>Whether the array's end was reached in good order.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>The position behind the array, once <see cref="IsWhole"/>.</summary>
    public readonly int Position => _position;

    /// <summary>The current element: an object or array with its brackets, a string with its quotes.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Moves to the next element.</summary>
    public bool Next()
    {
        if (IsWhole || _position < 0 || _position >= _text.Length)
            return false;
        var start = _position;
        var end = _text[start] switch
        {
            (byte)'{' or (byte)'[' => JsonText.SkipNested(_text, start),
            (byte)'"' => JsonText.FindStringEnd(_text, start, out _) is >= 0 and var quote ? quote + 1 : -1,
            _ => JsonText.SkipScalar(_text, start),
        };
        _position = end;
        if (end < 0)
            return false;
        Current = _text[start..end];
        _position = JsonText.SkipSpace(_text, end);
        if (_position == _text.Length)
            return false;
        if (_text[_position] == ']')
            End();
        else if (_text[_position] == ',')
            _position = JsonText.SkipSpace(_text, _position + 1);
        else
            _position = -1;
        return true;
    }

    private void End()
    {
        _position++;
        IsWhole = true;
    }
}
