namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary>What a line filter looks for: a text or pattern, or the addresses of <c>ip("…")</c>.</summary>
internal sealed record LineFilterOperand(string Text, bool IsIp);
