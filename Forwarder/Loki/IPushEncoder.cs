using Observability.Forwarder.Batching;

namespace Observability.Forwarder.Loki;

/// <summary>Makes the body of a push. One instance a sender: the body it returns is valid until the next call.</summary>
internal interface IPushEncoder
{
    /// <summary>The header <c>Content-Type</c>.</summary>
    string ContentType { get; }

    /// <summary>The header <c>Content-Encoding</c>, if any.</summary>
    string? ContentEncoding { get; }

    /// <summary>Encodes some lines of a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="lines">Lines as places in its entries, those of one stream together.</param>
    /// <param name="streamOf">The stream of each entry, as a place in its streams.</param>
    ReadOnlyMemory<byte> Encode(Batch batch, ReadOnlySpan<int> lines, ReadOnlySpan<int> streamOf);
}
