namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary>The lines of a time range before each step.</summary>
/// <param name="Log">Which lines.</param>
/// <param name="Interval">Length of the range in nanoseconds.</param>
/// <param name="Offset">How far back the range is moved, in nanoseconds.</param>
/// <param name="Unwrap">Which label's value is the sample; null to count lines or bytes.</param>
internal sealed record LogRange(LogExpression Log, long Interval, long Offset, Unwrap? Unwrap);
