using System.Buffers;
using System.Text;
using CsCheck;
using Observability.LogGenerator.Verification;

namespace Observability.LogGenerator.Tests.Verification;

public class LineSealTests
{
    private static readonly Gen<(string Line, bool IsJson, int Sequence)> Lines =
        from text in Gen.String[Gen.Char.AlphaNumeric, 0, 40]
        from isJson in Gen.Bool
        from sequence in Gen.Int[1, int.MaxValue]
        select (isJson ? $"{{\"message\":\"{text}\"" : text, isJson, sequence);

    [Fact]
    public void A_line_that_is_as_it_was_written_is_whole() => Lines.Sample((line, isJson, sequence) =>
        LineSeal.Check(Seal(line, isJson, sequence), "run"u8, out var read) && read == sequence);

    [Fact]
    public void A_line_with_any_byte_changed_is_not() => Gen.Select(Lines, Gen.Int[0, 1_000], Gen.Byte[1, 255]).Sample((line, at, change) =>
    {
        var bytes = Seal(line.Line, line.IsJson, line.Sequence);
        bytes[at % bytes.Length] ^= change;
        return !LineSeal.Check(bytes, "run"u8, out _);
    });

    [Fact]
    public void A_line_that_is_cut_or_longer_is_not() => Gen.Select(Lines, Gen.Int[1, 60]).Sample((line, cut) =>
    {
        var bytes = Seal(line.Line, line.IsJson, line.Sequence);
        return !LineSeal.Check(bytes.AsSpan(0, Math.Max(0, bytes.Length - cut)), "run"u8, out _)
            && !LineSeal.Check([.. bytes, (byte)'x'], "run"u8, out _);
    });

    [Theory]
    [InlineData("run-1", "run-10")]
    [InlineData("run-10", "run-1")]
    [InlineData("run", "xrun")]
    public void Another_runs_line_is_foreign(string run, string other)
    {
        Assert.False(LineSeal.Check(Seal("{", true, 1, other), Encoding.UTF8.GetBytes(run), out var sequence));
        Assert.Equal(StoredLine.Foreign, sequence);
    }

    private static byte[] Seal(string line, bool isJson, long sequence, string run = "run")
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write(Encoding.UTF8.GetBytes(line));
        LineSeal.Write(output, output.WrittenSpan.ToArray(), isJson, Encoding.UTF8.GetBytes(run), sequence);
        return output.WrittenSpan[Encoding.UTF8.GetByteCount(line)..].ToArray();
    }
}
