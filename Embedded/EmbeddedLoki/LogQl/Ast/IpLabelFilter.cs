namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary><c>client = ip("10.0.0.0/8")</c></summary>
internal sealed record IpLabelFilter(string Name, bool IsWanted, string Pattern) : LabelFilter;
