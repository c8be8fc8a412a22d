namespace Observability.Forwarder.Tests.Lines;

/// <summary>A line as it would go into a batch.</summary>
internal sealed record WrittenLine(string Tenant, string Labels, long Timestamp, string Text, string Metadata, int Index);
