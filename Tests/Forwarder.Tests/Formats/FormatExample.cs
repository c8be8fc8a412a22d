namespace Observability.Forwarder.Tests.Formats;

/// <summary>A line of a known format, and what the Forwarder is to make of it. The line's time is about
/// <see cref="FormatExamples.Time"/>.</summary>
/// <param name="Format">The format's name in the table.</param>
/// <param name="Line">A line as its logger writes it by default.</param>
/// <param name="Level">The label <c>level</c>, or <see langword="null"/> for none.</param>
/// <param name="Milliseconds">Its time, in milliseconds behind <see cref="FormatExamples.Time"/>; -1 when it tells none and Kafka's is
/// taken.</param>
/// <param name="Service">The label <c>service</c>, or <see langword="null"/> when the line does not name it.</param>
/// <param name="Namespace">The label <c>namespace</c>, or <see langword="null"/> when the line does not name it.</param>
internal sealed record FormatExample(string Format, string Line, string? Level, int Milliseconds, string? Service = null,
    string? Namespace = null)
{
    public override string ToString() => Format + ": " + Line;
}
