using System.Buffers;

namespace Observability.LogGenerator.Lines;

/// <summary>One kind of line. A kind has no state of its own, so one instance serves all threads.</summary>
internal abstract class LineKind
{
    /// <summary>Writes one line as UTF-8, without a line feed at its end.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="context">What the line is made from: the same context makes the same line.</param>
    public abstract LineInfo Write(IBufferWriter<byte> output, in LineContext context);
}
