using System.Text;

namespace Observability.AllInOne.Tests.Host;

/// <summary>Standard output on a disk that is full.</summary>
internal sealed class FullWriter : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => throw new IOException("No space left on device");

    public override void Write(string? value) => throw new IOException("No space left on device");

    public override void Flush() => throw new IOException("No space left on device");
}
