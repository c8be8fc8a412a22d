using System.Text;

namespace Observability.Forwarder.Lines;

/// <summary>Makes names that Loki takes (Prometheus' rule: a letter or underscore, then letters, digits and underscores).</summary>
internal static class LabelNames
{
    /// <summary>Replaces every other character by an underscore, as Loki does with OTLP attributes; a leading digit gets one before it.</summary>
    public static string Sanitize(string name)
    {
        var text = new StringBuilder(name.Length + 1);
        foreach (var character in name)
        {
            if (text.Length == 0 && char.IsAsciiDigit(character))
                text.Append('_');
            text.Append(char.IsAsciiLetterOrDigit(character) ? character : '_');
        }

        return text.Length == 0 ? "_" : text.ToString();
    }
}
