using System.Net;
using Observability.Embedded.EmbeddedCollector.Receivers;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Embedded.Tests.EmbeddedCollector;

/// <summary>The collector writes what Alloy writes.</summary>
public sealed class AlloyRecordsTests
{
    [Fact(Timeout = 60_000)]
    public async Task Each_record_of_Alloy_comes_out_with_its_key_its_partition_and_its_content()
    {
        await using var stack = await CollectorStack.StartAsync();
        Assert.Equal(40, AlloyRecord.All.Count);
        foreach (var record in AlloyRecord.All)
        {
            using var answer = await stack.PostAsync(record.Value, "application/x-protobuf");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Empty(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }

        var written = await stack.RecordsAsync();

        Assert.Equal(
            AlloyRecord.All.Select(record => (record.Partition, Convert.ToHexString(record.Key), Content(record.Value))).Order(),
            written.Select(record => (record.Partition.Value, Convert.ToHexString(record.Message.Key), Content(record.Message.Value)))
                .Order());
        Assert.All(written, record => Assert.Empty(record.Message.Headers));
    }

    [Fact(Timeout = 60_000)]
    public async Task All_of_them_in_one_request_make_a_record_a_resource()
    {
        await using var stack = await CollectorStack.StartAsync();
        var request = new ExportLogsServiceRequest();
        foreach (var record in AlloyRecord.All)
            request.MergeFrom(OtlpProtobuf.Parse(new(record.Value)));
        var lines = request.Lines().Count();

        await stack.ExportAsync(request);

        var written = await stack.RecordsAsync();
        Assert.Equal(
            AlloyRecord.All.Select(record => (record.Partition, Convert.ToHexString(record.Key))).Distinct().Order(),
            written.Select(record => (record.Partition.Value, Convert.ToHexString(record.Message.Key))).Order());
        Assert.All(written, record => Assert.Single(ExportLogsServiceRequest.Parser.ParseFrom(record.Message.Value).ResourceLogs));
        Assert.Equal(lines, written.Sum(record => ExportLogsServiceRequest.Parser.ParseFrom(record.Message.Value).Lines().Count()));
    }

    // What the configuration of today takes away was still there when the records were written, and a string that is no UTF-8 goes
    // through Alloy as it is, for the Forwarder to mend as the collector does.
    private static string Content(byte[] value)
    {
        var request = OtlpProtobuf.Parse(new(value));
        foreach (var attributes in request.Lines().Select(line => line.Attributes))
        {
            if (attributes.FirstOrDefault(attribute => attribute.Key == "loki.attribute.labels") is { } labels)
                attributes.Remove(labels);
        }

        return request.ToString();
    }
}
