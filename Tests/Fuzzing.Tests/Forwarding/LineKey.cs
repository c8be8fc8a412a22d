using System.IO.Hashing;

namespace Observability.Fuzzing.Tests.Forwarding;

/// <summary>A line and its time, whatever its stream.</summary>
/// <param name="Timestamp">Unix time in nanoseconds.</param>
/// <param name="Hash">A hash of the line's bytes.</param>
internal readonly record struct LineKey(long Timestamp, UInt128 Hash)
{
    public static LineKey Of(long timestamp, ReadOnlySpan<byte> line) => new(timestamp, XxHash128.HashToUInt128(line));
}
