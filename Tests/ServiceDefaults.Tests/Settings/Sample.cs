using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Tests.Settings;

/// <summary>A section with a setting of each kind.</summary>
public sealed class Sample : ISettings
{
    public static string Section => "Sample";

    [Setting("a name", Value = "NAME")]
    public string Name { get; set; } = "none";

    [Setting("how many", Least = 1, Most = 64)]
    public int Count { get; set; } = 4;

    [Setting("how fast", Least = 0.5)]
    public double Rate { get; set; } = 1.5;

    [Setting("how much", IsSize = true, Least = "1KiB", Most = "1GiB")]
    public long Bytes { get; set; } = 1024 * 1024;

    [Setting("how long", Least = "10ms", Most = "1h")]
    public TimeSpan Age { get; set; } = TimeSpan.FromMilliseconds(500);

    [Setting("whether")]
    public bool Flag { get; set; }

    [Setting("which")]
    public SampleKind? Kind { get; set; }

    [Setting("which ones")]
    public List<SampleKind> Kinds { get; set; } = [SampleKind.First];

    [Setting("where", Example = "http://127.0.0.1:1")]
    public Uri? Address { get; set; }

    [Setting("word", IsSecret = true, Least = null)]
    public string? Password { get; set; }

    [Setting("words", Entry = "<word>")]
    public Dictionary<string, string> Words { get; set; } = new() { ["one"] = "1" };

    [Setting("words of words", Entry = "<a>:<b>")]
    public Dictionary<string, Dictionary<string, string>> Nested { get; set; } = [];

    public SampleGroup Group { get; set; } = new();

    public void Check(SettingFaults faults) => faults.Check(Group.Most >= Count, "Group:Most", Group.Most, $"at least Count ({Count})");
}
