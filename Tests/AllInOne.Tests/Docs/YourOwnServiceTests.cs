using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Confluent.Kafka;
using Observability.AllInOne.Tests.Host;

namespace Observability.AllInOne.Tests.Docs;

/// <summary>What <c>docs/your-own-service.md</c> shows is run as it stands there, and its queries find the lines.</summary>
public sealed partial class YourOwnServiceTests : IDisposable
{
    private const string Page = "docs/your-own-service.md";

    private readonly string _folder = Directory.CreateTempSubdirectory("your-own-service-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = 240_000)]
    public async Task The_programs_of_the_page_send_lines_that_its_queries_find()
    {
        await using var running = await RunningAllInOne.StartAsync(Token, "--AllInOne:Generator=false");
        var addresses = running.Application.Addresses;

        await RunShopAsync(addresses.OtlpGrpc);
        var hasPython = await TryRunPythonAsync(addresses.Otlp);
        await SendLinesAsync(addresses.Kafka);

        // A machine without Python has no line of the program that is written in it.
        var queries = Blocks("text").SelectMany(Lines)
            .Where(query => hasPython || !query.Contains("stock", StringComparison.Ordinal)).ToList();
        Assert.True(queries.Count >= 6);
        foreach (var query in queries)
        {
            // The test's time limit ends a wait in vain.
            while (!await FindsAsync(running.Client, query))
                await Task.Delay(TimeSpan.FromMilliseconds(200), Token);
        }
    }

    private async Task RunShopAsync(Uri otlp)
    {
        var version = OpenTelemetryVersion().Match(Repository.Read("Directory.Packages.props")).Groups["version"].Value;
        var shop = Directory.CreateDirectory(Path.Combine(_folder, "Shop")).FullName;
        await File.WriteAllTextAsync(Path.Combine(shop, "Program.cs"), Assert.Single(Blocks("csharp")), Token);
        await File.WriteAllTextAsync(
            Path.Combine(shop, "Shop.csproj"),
            // As `dotnet new console` and `dotnet add package` make it.
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="OpenTelemetry.Exporter.OpenTelemetryProtocol" Version="{version}" />
              </ItemGroup>
            </Project>
            """,
            Token);

        var (code, output) = await RunAsync("dotnet", ["run", "--project", "Shop"], otlp);
        Assert.True(code == 0, output);
    }

    private async Task<bool> TryRunPythonAsync(Uri otlp)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "shop.py"), Assert.Single(Blocks("python")), Token);
        try
        {
            var (code, output) = await RunAsync("python3", ["shop.py"], otlp);
            Assert.True(code == 0, output);
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    // With kcat where it is; the line alone, which is what the page is about, where it is not.
    private async Task SendLinesAsync(string servers)
    {
        var commands = Assert.Single(Blocks("console"));
        var line = JsonLine().Match(commands).Groups["line"].Value;
        Assert.NotEmpty(line);
        try
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, "lines.json"), line + "\n", Token);
            var arguments = Kcat().Match(commands).Groups["arguments"].Value.Replace("127.0.0.1:9092", servers, StringComparison.Ordinal);
            var (code, output) = await RunAsync("kcat", arguments.Split(' '), otlp: null);
            Assert.True(code == 0, output);
        }
        catch (Win32Exception)
        {
            using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = servers }).Build();
            await producer.ProduceAsync("test-logs", new Message<Null, string> { Value = line }, Token);
        }
    }

    private async Task<(int Code, string Output)> RunAsync(string program, IEnumerable<string> arguments, Uri? otlp)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The page's ports are taken where another stack runs.
        if (otlp is not null)
            start.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = otlp.ToString().TrimEnd('/');
        using var process = Process.Start(start)!;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
            await process.WaitForExitAsync(Token);
            return (process.ExitCode, $"{program} ended with {process.ExitCode}:\n{await output}{await error}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task<bool> FindsAsync(HttpClient store, string query)
    {
        using var answer = await store.GetAsync($"/loki/api/v1/query_range?query={Uri.EscapeDataString(query)}", Token);
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.IsSuccessStatusCode, $"{query}: {text}");
        return JsonElement.Parse(text).GetProperty("data").GetProperty("result").GetArrayLength() > 0;
    }

    private static IEnumerable<string> Blocks(string language) => Block().Matches(Repository.Read(Page))
        .Where(block => block.Groups["language"].Value == language)
        .Select(block => block.Groups["text"].Value);

    private static IEnumerable<string> Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex("^```(?<language>[a-z]+)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"'(?<line>\{.*\})'")]
    private static partial Regex JsonLine();

    [GeneratedRegex("^kcat (?<arguments>.+)$", RegexOptions.Multiline)]
    private static partial Regex Kcat();

    [GeneratedRegex("<OpenTelemetryVersion>(?<version>[^<]+)<")]
    private static partial Regex OpenTelemetryVersion();
}
