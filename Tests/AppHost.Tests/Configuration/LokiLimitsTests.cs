using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Observability.ServiceDefaults.Settings;

namespace Observability.AppHost.Tests.Configuration;

/// <summary>The Forwarder counts on what it is told that Loki takes of a stream: more than Loki takes would hide refusals.</summary>
public sealed partial class LokiLimitsTests
{
    // From the folder of the reviewed chart, Tests/AppHost.Tests/Publishing/ReviewedChart.
    private static string Configuration => Path.Combine(
        typeof(LokiLimitsTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(metadata => metadata.Key == "ReviewedChart").Value!,
        "../../../../deploy/config/loki/loki.yaml");

    [Theory]
    [InlineData("per_stream_rate_limit", LokiLimitsExtensions.StreamRate)]
    [InlineData("per_stream_rate_limit_burst", LokiLimitsExtensions.StreamBurst)]
    public void The_forwarder_is_told_what_the_stacks_loki_takes_of_a_stream(string setting, string told)
    {
        var line = File.ReadLines(Configuration).Single(line => line.TrimStart().StartsWith(setting + ":", StringComparison.Ordinal));
        var megabytes = long.Parse(Megabytes().Match(line).Groups[1].Value, CultureInfo.InvariantCulture);

        Assert.True(ByteSizes.TryParse(told, out var bytes));
        Assert.Equal(megabytes * 1024 * 1024, bytes);
    }

    // Loki's units are of 1024 (github.com/c2h5oh/datasize).
    [GeneratedRegex(@": (\d+)MB\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Megabytes();
}
