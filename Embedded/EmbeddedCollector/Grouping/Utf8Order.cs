namespace Observability.Embedded.EmbeddedCollector.Grouping;

/// <summary>The order of Go's strings: byte by byte.</summary>
internal sealed class Utf8Order : IComparer<byte[]>
{
    public static Utf8Order Instance { get; } = new();

    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
}
