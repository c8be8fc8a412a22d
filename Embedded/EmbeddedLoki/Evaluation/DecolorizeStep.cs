using System.Text;
using Observability.Embedded.EmbeddedLoki.Go;

namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary><c>| decolorize</c>: without what terminals take for colours and movements.</summary>
internal sealed class DecolorizeStep : IPipelineStep
{
    // From github.com/acarl005/stripansi, as Loki has it.
    private const string Ansi =
        "[\u001B\u009B][[\\]()#;?]*(?:(?:(?:[a-zA-Z\\d]*(?:;[a-zA-Z\\d]*)*)?\u0007)|(?:(?:\\d{1,4}(?:;\\d{0,4})*)?[\\dA-PRZcf-ntqry=><~]))";

    public bool Process(Line line)
    {
        if (line.Text.Span.IndexOfAny((byte)0x1B, (byte)0x9B) >= 0)
            line.Text = Encoding.UTF8.GetBytes(
                GoRegex.Anywhere(Ansi).Replace(Encoding.UTF8.GetString(line.Text.Span), "", literally: true));
        return true;
    }
}
