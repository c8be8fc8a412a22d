using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Observability.ServiceDefaults.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Observability.ServiceDefaults.Tests.Telemetry;

public sealed class MetricSeriesTests
{
    private const int Overflow = 1;

    [Fact]
    public void A_metric_has_few_series_and_the_rest_is_added_up_in_one()
    {
        using var metrics = new ExportedMetrics();

        var points = metrics.Export("few", counter => AddSeries(counter, MetricSeriesOptions.Few + 100));

        Assert.Equal(MetricSeriesOptions.Few + Overflow, points.Count);
        Assert.Equal(MetricSeriesOptions.Few + 100, points.Sum());
    }

    [Fact]
    public void A_metric_that_is_named_has_as_many_as_OpenTelemetry_allows()
    {
        using var metrics = new ExportedMetrics(many: "many");

        Assert.Equal(1_500, metrics.Export("many", counter => AddSeries(counter, 1_500)).Count);
    }

    [Fact]
    public void A_histogram_keeps_the_bounds_that_it_asked_for()
    {
        using var metrics = new ExportedMetrics();

        Assert.Equal([0.5, 2, double.PositiveInfinity], metrics.ExportBounds("histogram", [0.5, 2]));
    }

    private static void AddSeries(Counter<long> counter, int series)
    {
        for (var i = 0; i < series; i++)
            counter.Add(1, new KeyValuePair<string, object?>("number", i));
    }

    /// <summary>A host with a meter of its own, whose metrics are read once.</summary>
    private sealed class ExportedMetrics : IDisposable
    {
        private readonly IHost _host;
        private readonly Meter _meter = new($"metrics-{Guid.NewGuid():N}");
        private readonly Exporter _exporter = new();

        public ExportedMetrics(string? many = null)
        {
            var builder = Host.CreateApplicationBuilder();
            builder.AddServiceDefaults();
            builder.Services.ConfigureOpenTelemetryMeterProvider(
                metrics => metrics.AddMeter(_meter.Name).AddReader(new BaseExportingMetricReader(_exporter)));
            builder.Services.Configure<MetricSeriesOptions>(series => series.Many.UnionWith(many is null ? [] : [many]));
            _host = builder.Build();
        }

        public List<long> Export(string name, Action<Counter<long>> use)
        {
            var provider = _host.Services.GetRequiredService<MeterProvider>();
            use(_meter.CreateCounter<long>(name));
            provider.ForceFlush();
            return _exporter.Sums;
        }

        public List<double> ExportBounds(string name, double[] bounds)
        {
            var provider = _host.Services.GetRequiredService<MeterProvider>();
            _meter.CreateHistogram<double>(name, advice: new() { HistogramBucketBoundaries = bounds }).Record(1);
            provider.ForceFlush();
            return _exporter.Bounds;
        }

        public void Dispose()
        {
            _host.Dispose();
            _meter.Dispose();
        }
    }

    private sealed class Exporter : BaseExporter<Metric>
    {
        public List<long> Sums { get; } = [];

        public List<double> Bounds { get; } = [];

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                foreach (ref readonly var point in metric.GetMetricPoints())
                    Take(metric, in point);
            }

            return ExportResult.Success;
        }

        private void Take(Metric metric, in MetricPoint point)
        {
            if (!metric.MeterName.StartsWith("metrics-", StringComparison.Ordinal))
                return;
            if (metric.MetricType == MetricType.LongSum)
            {
                Sums.Add(point.GetSumLong());
                return;
            }

            foreach (var bucket in point.GetHistogramBuckets())
                Bounds.Add(bucket.ExplicitBound);
        }
    }
}
