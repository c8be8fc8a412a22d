using System.Diagnostics;
using System.Globalization;
using Observability.Embedded.EmbeddedCollector.Delivery;
using Observability.Embedded.EmbeddedCollector.Grouping;
using Observability.Embedded.EmbeddedCollector.Settings;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Embedded.EmbeddedCollector.Export;

/// <summary>From a request to its answer: group, limit, write, and answer once the broker has the records.</summary>
internal sealed class CollectorPipeline(EmbeddedCollectorOptions options, RecordProducer producer, CollectorMetrics metrics)
{
    private readonly ResourceGrouping _grouping = new(options.GroupByAttributes);
    private readonly RecordLimits _limits = new(options);
    private readonly RecordSplitter _splitter = new(options.MaxRecordBytes);

    /// <summary>Writes the log records of a request to Kafka, and waits for the broker.</summary>
    /// <param name="request">The request, which is taken apart.</param>
    public async Task<ExportAnswer> ExportAsync(ExportLogsServiceRequest request)
    {
        // The server's span of the request, where its sender has sampled it.
        var span = Activity.Current is { Recorded: true } current ? current : null;
        var records = new List<OutgoingRecord>();
        var tooLarge = 0;
        foreach (var group in _grouping.Group(request))
        {
            foreach (var scope in group.Logs.ScopeLogs)
            {
                foreach (var record in scope.LogRecords)
                    _limits.Apply(record);
            }

            tooLarge += _splitter.Add(group, records, span?.TraceId ?? default);
        }

        var lines = records.Sum(record => record.Lines);
        var bytes = records.Sum(record => (long)record.Value.Length + record.Key.Length);
        span?.SetTag("collector.lines", lines).SetTag("collector.bytes", bytes);
        if (!metrics.TryTake(bytes, options.MaxBufferedBytes))
        {
            metrics.Unavailable(lines + tooLarge);
            return ExportAnswer.TryAgain(string.Create(
                CultureInfo.InvariantCulture,
                $"the buffer is full: {metrics.Buffered} of {options.MaxBufferedBytes} bytes wait for Kafka, and {bytes} more do not fit"));
        }

        PendingDelivery delivery;
        try
        {
            delivery = producer.Send(records, span);
            if (records.Count > 0)
                await delivery.Completion;
        }
        finally
        {
            metrics.Release(bytes);
        }

        metrics.Delivered(delivery.DeliveredLines);
        if (delivery.Trouble is { } trouble)
        {
            metrics.Unavailable(lines + tooLarge - delivery.DeliveredLines);
            return ExportAnswer.TryAgain($"Kafka has not taken the records: {trouble.Reason}");
        }

        metrics.Refused(tooLarge);
        metrics.RefusedByKafka(delivery.RefusedLines);
        var response = new ExportLogsServiceResponse();
        if (tooLarge + delivery.RefusedLines > 0)
        {
            response.PartialSuccess = new ExportLogsPartialSuccess
            {
                RejectedLogRecords = tooLarge + delivery.RefusedLines,
                ErrorMessage = Refusal(tooLarge, delivery),
            };
        }

        return new ExportAnswer(response, "");
    }

    private string Refusal(int tooLarge, PendingDelivery delivery)
    {
        var reasons = new List<string>();
        if (tooLarge > 0)
        {
            reasons.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{tooLarge} log records are larger than the {options.MaxRecordBytes} bytes of a Kafka record"));
        }

        if (delivery.Refusal is { } refusal)
            reasons.Add(string.Create(CultureInfo.InvariantCulture, $"Kafka refused {delivery.RefusedLines}: {refusal.Reason}"));
        return string.Join("; ", reasons);
    }
}
