using System.Globalization;

namespace Observability.Embedded.EmbeddedLoki.Go;

/// <summary>Sizes as Loki prints them (c2h5oh/datasize): a whole number of the largest unit that divides it, <c>3MB</c>.</summary>
internal static class GoBytes
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];

    public static string Format(long bytes)
    {
        var unit = 0;
        while (bytes != 0 && bytes % 1024 == 0 && unit < Units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes}{Units[unit]}");
    }
}
