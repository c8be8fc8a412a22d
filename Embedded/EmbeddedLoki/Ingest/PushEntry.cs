namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>
/// An entry of a decoded push: where its line lies in <see cref="PushBatch.Lines"/> and its metadata in <see cref="PushBatch.Metadata"/>.
/// </summary>
/// <param name="Timestamp">Nanoseconds since the Unix epoch.</param>
/// <param name="LineStart">Start of the line.</param>
/// <param name="LineLength">Bytes of the line.</param>
/// <param name="MetadataStart">Start of the metadata.</param>
/// <param name="MetadataLength">Bytes of the metadata in the store's encoding.</param>
/// <param name="MetadataPairs">Number of pairs as sent.</param>
/// <param name="MetadataSize">Bytes of all names and values as sent: what Loki's limit counts.</param>
internal readonly record struct PushEntry(
    long Timestamp, int LineStart, int LineLength, int MetadataStart, int MetadataLength, int MetadataPairs, int MetadataSize);
