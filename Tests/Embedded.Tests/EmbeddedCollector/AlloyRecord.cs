using System.Text.Json;

namespace Observability.Embedded.Tests.EmbeddedCollector;

/// <summary>A Kafka record that a real Alloy wrote (Tests/Cases/alloy).</summary>
/// <param name="File">Its file.</param>
/// <param name="Key">Its key.</param>
/// <param name="Partition">Where it was, of four.</param>
/// <param name="Value">Its value.</param>
internal sealed record AlloyRecord(string File, byte[] Key, int Partition, byte[] Value)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Cases", "alloy");

    public static IReadOnlyList<AlloyRecord> All { get; } = Read();

    private static List<AlloyRecord> Read()
    {
        using var index = JsonDocument.Parse(System.IO.File.ReadAllText(Path.Combine(Folder, "index.json")));
        return [.. index.RootElement.GetProperty("records").EnumerateArray().Select(record => new AlloyRecord(
            record.GetProperty("file").GetString()!,
            Convert.FromHexString(record.GetProperty("key_hex").GetString()!),
            record.GetProperty("partition").GetInt32(),
            System.IO.File.ReadAllBytes(Path.Combine(Folder, record.GetProperty("file").GetString()!))))];
    }
}
