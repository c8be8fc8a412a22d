using System.Text;
using Observability.LogGenerator.Lines;

namespace Observability.LogGenerator.Tests.Support;

internal static class LineBatchExtensions
{
    /// <summary>The lines as text; bytes that are not UTF-8 as they are, one character each.</summary>
    public static List<string> Texts(this LineBatch batch)
    {
        var texts = new List<string>();
        foreach (ref readonly var line in batch.Lines)
            texts.Add(Encoding.Latin1.GetString(batch.Bytes(line)));
        return texts;
    }
}
