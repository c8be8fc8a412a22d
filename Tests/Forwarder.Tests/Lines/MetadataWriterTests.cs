using System.Text;
using CsCheck;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Tests.Decoding;
using Observability.ServiceDefaults.Loki;
using Observability.ServiceDefaults.Protos.Loki;

namespace Observability.Forwarder.Tests.Lines;

public sealed class MetadataWriterTests
{
    private static readonly Gen<string> Names = Gen.Select(
        Choice.Of("", "a", "2nd", "é", "k8s.pod"), Gen.OneOf(Gen.Int[0, 20], Gen.Int[250, 300]), Choice.Of('x', '.', 'é'),
        (start, length, filling) => start + new string(filling, length));

    private static readonly Gen<string> Values = Gen.Select(
        Gen.OneOf(Gen.Int[0, 100], Gen.Int[0, 40_000]), Choice.Of('x', 'é'), (length, filling) => new string(filling, length));

    [Fact]
    public void However_long_and_many_names_and_values_are_Loki_takes_what_is_written() =>
        Gen.Select(Gen.Select(Names, Values).Array[0, 200], Gen.Bool).Sample(
            (pairs, areAttributes) =>
            {
                var writer = new MetadataWriter();
                for (var round = 0; round < 2; round++)
                {
                    writer.Clear();
                    foreach (var (name, value) in pairs)
                    {
                        if (areAttributes)
                            writer.AddAttribute(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));
                        else
                            writer.Add(Encoding.UTF8.GetBytes(LabelNames.Sanitize(name)), Encoding.UTF8.GetBytes(value));
                    }

                    var written = EntryAdapter.Parser.ParseFrom(writer.Written).StructuredMetadata;

                    // As Loki counts (util.StructuredMetadataSize), with room for what it adds.
                    var size = written.Sum(pair => pair.Name.Length + Encoding.UTF8.GetByteCount(pair.Value));
                    Assert.InRange(size, 0, LokiLimits.MetadataBytes - 256);
                    Assert.InRange(written.Count, 0, LokiLimits.MetadataEntries - 8);
                    Assert.All(written, pair => Assert.DoesNotContain('\uFFFD', pair.Value));
                    if (size >= LokiLimits.MetadataBytes - 1_000)
                        continue;
                    Assert.Equal(Math.Min(pairs.Length, LokiLimits.MetadataEntries - 8), written.Count);
                    Assert.All(written.Zip(pairs), pair =>
                        Assert.StartsWith(pair.First.Value, pair.Second.Item2, StringComparison.Ordinal));
                }
            },
            iter: 150);
}
