using System.Text;

namespace Observability.Fuzzing.Tests.Corpus;

/// <summary>
/// Changes good inputs a little: bits, pieces, numbers, and what has been trouble before. The same seed makes the same changes.
/// </summary>
internal sealed class Mutator(Random random)
{
    private const int MaxLength = 256 * 1024;

    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "\0", "\"", "\\", "\\u0000", "\\ud800", "{", "}", "[", "]", ",", ":", "\n", "\r\n", "=", "=\"", " ", "NaN",
            "Infinity", "-1", "1e400", "0.1e-5", "9223372036854775808", "18446744073709551616", "-9223372036854775808",
            "null", "true", "{}", "[]", "\"level\":\"error\",",
            "\"service\":\"", "\"time\":", " level=error ", "\u2028", "\ufeff", "has timestamp too old", "errors like: ", "max entry size",
            "entry too far behind", "total ignored: 1 out of 1 for stream: {}", "rate limit", "<html>", "{{.x}}", "%s%n", "((((((((",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0x80], [0xF0, 0x9F, 0x98],
        // Of protobuf: an empty message, the largest numbers, a length beyond the end.
        [0x0A, 0x00], [0x12, 0x00], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
        [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0x7F], [0x0B], [0x0C],
    ];

    private static readonly string[] Numbers =
        [
            "0", "-0", "-1", "1", "9", "99", "1e9", "1E+12", "4294967296", "9223372036854775807", "9223372036854775808",
            "1e308", "1e400", "0.1", "٣",
        ];

    /// <summary>One of some inputs, most often changed.</summary>
    public byte[] Next(IReadOnlyList<byte[]> inputs)
    {
        var bytes = new List<byte>(inputs[random.Next(inputs.Count)]);
        for (var changes = random.Next(5) == 0 ? 0 : 1 << random.Next(4); changes > 0; changes--)
            Change(bytes, inputs);
        return [.. bytes.Take(MaxLength)];
    }

    private void Change(List<byte> bytes, IReadOnlyList<byte[]> inputs)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(random.Next(1, 1 << random.Next(1, 8)), bytes.Count - at);
        switch (random.Next(11))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3 when bytes.Count < MaxLength:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 4 when random.Next(4) == 0:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 5:
                var other = inputs[random.Next(inputs.Count)];
                var from = random.Next(other.Length + 1);
                bytes.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(1, 200))]);
                break;
            case 6:
                ChangeNumber(bytes, at);
                break;
            case 7 when random.Next(20) == 0:
                Repeat(bytes, at, Math.Max(length, 1));
                break;
            default:
                var piece = Pieces[random.Next(Pieces.Length)];
                if (random.Next(2) == 0)
                    bytes.RemoveRange(at, Math.Min(piece.Length, bytes.Count - at));
                bytes.InsertRange(at, piece);
                break;
        }
    }

    private void ChangeNumber(List<byte> bytes, int at)
    {
        var start = bytes.FindIndex(at, b => b is >= (byte)'0' and <= (byte)'9');
        if (start < 0)
            return;
        var end = bytes.FindIndex(start, b => b is < (byte)'0' or > (byte)'9');
        // Half of the time a digit, which keeps a time a time.
        if (random.Next(2) == 0)
        {
            bytes[start] = (byte)('0' + random.Next(10));
            return;
        }

        bytes.RemoveRange(start, (end < 0 ? bytes.Count : end) - start);
        bytes.InsertRange(start, Encoding.UTF8.GetBytes(Numbers[random.Next(Numbers.Length)]));
    }

    private void Repeat(List<byte> bytes, int at, int length)
    {
        var from = Math.Min(at, bytes.Count - 1);
        var part = bytes.Count == 0 ? Pieces[random.Next(Pieces.Length)] : [.. bytes.GetRange(from, Math.Min(length, bytes.Count - from))];
        var times = Math.Min(1 << random.Next(4, 16), MaxLength / part.Length);
        bytes.InsertRange(at, Enumerable.Repeat(part, times).SelectMany(b => b));
    }
}
