namespace Observability.Forwarder.Delivery;

/// <summary>An answer of Loki, or the lack of one.</summary>
/// <param name="Verdict">What it means.</param>
/// <param name="Reason">Why, as a metric's label value: one of a few.</param>
/// <param name="Text">Loki's words, or the error's.</param>
/// <param name="RetryAfter">How long Loki asks to wait.</param>
/// <param name="IsCut">Whether the words were longer than what is read of an answer.</param>
internal readonly record struct PushAnswer(PushVerdict Verdict, string Reason, string Text, TimeSpan? RetryAfter = null,
    bool IsCut = false);
