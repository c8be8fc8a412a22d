using Observability.AppHost.Configuration;

namespace Observability.AppHost.Tests.Running;

/// <summary>
/// The stack without a container runtime, with the machine's Prometheus where there is one, and a service of somebody's own that needs no
/// package: it says one line by OTLP over HTTP, where its environment sends it.
/// </summary>
public sealed class EmbeddedRun : StackRun
{
    private static readonly string Folder = CreateService();

    public EmbeddedRun()
        : base("--Stack:Containers=false", "--Stack:Programs:Grafana=none", $"--Stack:Projects:shop={Folder}/Shop.csproj")
    {
    }

    /// <summary>Whether the machine has a Prometheus that takes part.</summary>
    public static bool HasPrometheus => HostFileFinder.OnThePath("prometheus") is not null;

    protected override void CleanUp() => Directory.Delete(Folder, recursive: true);

    private static string CreateService()
    {
        var directory = Directory.CreateTempSubdirectory("shop-").FullName;
        File.WriteAllText(
            Path.Combine(directory, "Shop.csproj"),
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
              </PropertyGroup>
            </Project>
            """);
        File.WriteAllText(
            Path.Combine(directory, "Program.cs"),
            """"
            using System;
            using System.Net.Http;

            var name = Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME");
            var url = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") + "/v1/logs";
            var line = """
                {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"NAME"}}]},
                "scopeLogs":[{"logRecords":[{"body":{"stringValue":"Order 1 accepted"},"severityText":"Information"}]}]}]}
                """.Replace("NAME", name);
            using var client = new HttpClient();
            Console.WriteLine(await client.PostAsync(url, new StringContent(line, null, "application/json")));
            await System.Threading.Tasks.Task.Delay(-1);
            """");
        return directory;
    }
}
