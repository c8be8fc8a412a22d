namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary>One label of a <c>label_format</c>.</summary>
/// <param name="Name">The label that is set.</param>
/// <param name="Value">The label that is renamed, or the template that the value is made by.</param>
/// <param name="IsRename">Whether <paramref name="Value"/> is a label.</param>
internal sealed record LabelFormat(string Name, string Value, bool IsRename);
