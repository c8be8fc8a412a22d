namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary>A label by name, or only while it has a value that matches.</summary>
internal sealed record NamedMatcher(string Name, Matcher? Matcher);
