namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>A stream of a decoded push: its labels' text and which entries of the batch are its own.</summary>
internal readonly record struct PushStream(string Labels, int FirstEntry, int EntryCount);
