using System.Text.RegularExpressions;
using Observability.ServiceDefaults.Settings;

namespace Observability.AppHost.Configuration;

/// <summary>What is in the model, and how it is put together. Read and checked before the model is built.</summary>
internal sealed partial class StackSettings : ISettings
{
    private const int MostForwarders = 256;
    private const int UsualMaximumOfForwarders = 4;

    /// <inheritdoc/>
    public static string Section => "Stack";

    /// <summary>Whether the backing services are containers.</summary>
    [Setting("auto, true or false: whether Kafka, Loki, Alloy, Prometheus and Grafana are containers, or embedded parts take their place")]
    public ContainerChoice Containers { get; set; } = ContainerChoice.Auto;

    /// <summary>How many Forwarders run.</summary>
    [Setting("how many Forwarders run", Least = 1, Most = 32)]
    public int ForwarderReplicas { get; set; } = 1;

    /// <summary>The most Forwarders that the published autoscaler makes; null for the usual number.</summary>
    [Setting("when publishing: the most Forwarders that the autoscaler makes", Least = 1, Most = MostForwarders, Default = "4")]
    public int? ForwarderMaximumReplicas { get; set; }

    /// <summary>Kafka records that may wait for each Forwarder before the published autoscaler adds one; 0 to go by CPU alone.</summary>
    [Setting("when publishing: records that may wait for each Forwarder before the autoscaler adds one; 0: it goes by CPU alone",
        Least = 0, Most = 1_000_000_000)]
    public int ForwarderLagPerReplica { get; set; }

    /// <summary>Where the backing services listen.</summary>
    public PortSettings Ports { get; } = new();

    /// <summary>Programs of this machine that take part where no containers do.</summary>
    public ProgramSettings Programs { get; } = new();

    /// <summary>Projects of services of one's own, full paths by the names of their resources.</summary>
    [Setting("project of a service of your own, whose logs go through the stack: --Stack:Projects:shop=../Shop/Shop.csproj",
        Entry = "<name>")]
    public Dictionary<string, string> Projects { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The most Forwarders that the published autoscaler makes.</summary>
    public int MaximumForwarders => ForwarderMaximumReplicas ?? Math.Max(UsualMaximumOfForwarders, ForwarderReplicas);

    /// <inheritdoc/>
    public void Check(SettingFaults faults)
    {
        ArgumentNullException.ThrowIfNull(faults);

        faults.Check(MaximumForwarders >= ForwarderReplicas, nameof(ForwarderMaximumReplicas), MaximumForwarders,
            $"a whole number from {ForwarderReplicas} to {MostForwarders}");
        var files = new HostFileFinder(faults.ValueOf("AppHost:Directory"));
        Ports.Check(faults);
        Programs.Check(faults, files);
        foreach (var (name, path) in Projects.ToList())
        {
            var setting = $"{nameof(Projects)}:{name}";
            if (!ResourceName().IsMatch(name))
                faults.Say($"{faults.NameOf(setting)} names no resource: it takes letters, digits and single hyphens, a letter first");
            else if (ProjectFile().IsMatch(path) && files.Find(path) is { } project)
                Projects[name] = project;
            else
                faults.Add(setting, path, $"a project file that is there (.csproj, .fsproj, .vbproj), {files.Places}");
        }
    }

    // As Aspire has it, where a longer name than this would not fit with what is added to it.
    [GeneratedRegex("^(?=.{1,40}$)[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$")]
    private static partial Regex ResourceName();

    [GeneratedRegex(@"\.(cs|fs|vb)proj$", RegexOptions.IgnoreCase)]
    private static partial Regex ProjectFile();
}
