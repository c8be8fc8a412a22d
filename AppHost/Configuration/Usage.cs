using Observability.ServiceDefaults.Cli;
using Observability.ServiceDefaults.Settings;

namespace Observability.AppHost.Configuration;

/// <summary>What <c>--help</c> prints.</summary>
internal static class Usage
{
    /// <summary>The page.</summary>
    public static string Text => $"""
        The observability stack on one machine, with the Aspire dashboard; or published as a Helm chart.

          dotnet run --project AppHost
          dotnet run --project AppHost -- --operation publish --step publish --output-path DIR

        {SettingsHelp.Text([.. SettingsReader.Describe<StackSettings>(), .. SettingsReader.Describe<ParameterSettings>()]).TrimEnd()}
          DcpPublisher:RandomizePorts               true: free ports instead of those above
          ASPNETCORE_URLS                           address of the dashboard, such as http://localhost:18888

        {ExitCode.Help}
        """;
}
