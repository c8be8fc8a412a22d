using System.Diagnostics;
using Confluent.Kafka;
using Observability.Benchmarks.Throughput;

namespace Observability.Benchmarks.Service;

/// <summary>The Forwarder as <c>dotnet publish</c> makes it.</summary>
/// <param name="file">The program.</param>
internal sealed class PublishedForwarder(string file)
{
    private const string Assigned = "Partitions assigned";

    /// <summary>Publishes it into a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="aot">Whether it is compiled ahead of time.</param>
    /// <param name="stop">Stops it.</param>
    public static async Task<PublishedForwarder> PublishAsync(string folder, bool aot, CancellationToken stop)
    {
        var project = Path.Combine(Repository(), "Forwarder");
        string[] arguments = ["publish", project, "-c", "Release", "-v", "q", "-nologo", "-o", folder, $"-p:PublishAot={aot}"];
        using var publish = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var words = await publish.StandardOutput.ReadToEndAsync(stop);
        await publish.WaitForExitAsync(stop);
        return publish.ExitCode == 0
            ? new(Path.Combine(folder, "Forwarder"))
            : throw new InvalidOperationException("dotnet publish failed: " + words);
    }

    /// <summary>Starts it on a core of its own, as a new group.</summary>
    public MeasuredProcess Start(Backlog backlog, CountingStore store) => MeasuredProcess.Start(
        file,
        ["--kafka", backlog.BootstrapServers, "--loki", store.Address.ToString(), "--urls", "http://127.0.0.1:0"],
        new Dictionary<string, string>
        {
            ["Forwarder__Topics"] = backlog.Topic,
            ["Forwarder__GroupId"] = "forwarder-" + Guid.NewGuid(),
            // The store has no limits, as a Loki that is to take this much: deploy/config/loki/loki.yaml.
            ["Forwarder__Loki__StreamRate"] = "64MiB",
            ["Forwarder__Loki__StreamBurst"] = "128MiB",
            // The embedded broker lets a group of the classic protocol wait.
            ["Aspire__Confluent__Kafka__Consumer__Config__GroupProtocol"] = nameof(GroupProtocol.Consumer),
        },
        Assigned);

    private static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Observability.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("Run it from the repository, or name a published Forwarder with --program.");
    }
}
