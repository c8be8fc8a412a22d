namespace Observability.Embedded.EmbeddedLoki.Evaluation.Templates;

/// <summary>A function of a template.</summary>
/// <param name="Least">Fewest arguments.</param>
/// <param name="Most">Most arguments; <see cref="int.MaxValue"/> for any number.</param>
/// <param name="Call">Given the state and the arguments.</param>
internal sealed record TemplateFunction(int Least, int Most, Func<TemplateState, object?[], object?> Call);
