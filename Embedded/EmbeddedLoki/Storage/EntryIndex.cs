using System.Runtime.InteropServices;

namespace Observability.Embedded.EmbeddedLoki.Storage;

/// <summary>Where an entry lies in its chunk's bytes: the line, and right behind it the structured metadata.</summary>
/// <param name="Timestamp">Nanoseconds since the Unix epoch.</param>
/// <param name="Offset">Start of the line.</param>
/// <param name="LineLength">Bytes of the line.</param>
/// <param name="MetadataLength">Bytes of the metadata in the store's encoding.</param>
/// <param name="Block">Number of the block, within the stream, in which the entry came last.</param>
/// <param name="Copies">How often it came again in a later block: a metric query counts these while the stream is in memory.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct EntryIndex(long Timestamp, int Offset, int LineLength, int MetadataLength, int Block, int Copies);
