using System.Reflection;
using Observability.Forwarder.Cli;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Tests.Cli;

public sealed class SettingsHelpTests
{
    [Fact]
    public void Every_setting_is_listed_with_its_default_on_a_line_of_its_own()
    {
        var lines = SettingsHelp.Text().Split(Environment.NewLine);

        foreach (var name in Names(typeof(ForwarderOptions), "Forwarder"))
            Assert.Single(lines, line => line.StartsWith($"  {name}  [", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("  Forwarder:Batch:MaxLines  [10000]  ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("  ConnectionStrings:kafka  (required)", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("  ConnectionStrings:loki  (required)", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Names(Type type, string prefix) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance).SelectMany(property =>
        property.PropertyType.Namespace == type.Namespace && property.PropertyType.IsClass
            ? Names(property.PropertyType, $"{prefix}:{property.Name}")
            : [$"{prefix}:{property.Name}"]);
}
