using System.Runtime.InteropServices;

namespace Observability.Embedded.EmbeddedLoki.Storage;

/// <summary>Where an entry lies in its chunk's bytes: the line, and right behind it the structured metadata.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct EntryIndex(long Timestamp, int Offset, int LineLength, int MetadataLength);
