namespace Observability.Deploy.Tests.Config;

/// <summary>The names that the backing services expose, from the lists in <c>Names/</c>, whose first lines say where each comes
/// from.</summary>
internal static class KnownNames
{
    public static IReadOnlySet<string> OfBackingServices { get; } = Directory.GetFiles(
        Path.Combine(AppContext.BaseDirectory, "Config", "Names"), "*.txt")
        .SelectMany(File.ReadLines)
        .Where(line => !line.StartsWith('#') && line.Length > 0)
        .Select(line => line.Split(' '))
        .SelectMany(line => Series(line[0], line[1]))
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>The series of a metric of that type.</summary>
    public static IEnumerable<string> Series(string name, string type) => type switch
    {
        "histogram" => [name + "_bucket", name + "_sum", name + "_count"],
        "summary" => [name, name + "_sum", name + "_count"],
        _ => [name],
    };
}
