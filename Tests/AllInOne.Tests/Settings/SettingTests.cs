using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Observability.AllInOne.Scenarios;
using Observability.AllInOne.Settings;
using Observability.Forwarder.Settings;
using Observability.LogGenerator.Settings;
using Observability.ServiceDefaults.Settings;

namespace Observability.AllInOne.Tests.Settings;

/// <summary>What every setting of every program says of itself, and that it is true.</summary>
public sealed partial class SettingTests
{
    private static readonly (Setting Setting, Action<IConfiguration> Read)[] All =
    [
        .. Of<ForwarderOptions>(), .. Of<LogGeneratorSettings>(), .. Of<AllInOneSettings>(), .. Of<ScenarioSettings>(),
    ];

    // One is bounded by another setting, one is no amount.
    private static readonly string[] Unbounded = ["Forwarder:MaxBufferedBytes", "LogGenerator:Seed"];

    public static TheoryData<string> Names => [.. All.Select(entry => entry.Setting.Key)];

    public static TheoryData<string> Bounded => [.. All.Select(entry => entry.Setting).Where(IsMeasured).Select(setting => setting.Key)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_setting_says_what_it_is_for_in_one_clause(string key)
    {
        var description = Find(key).Setting.Description;

        Assert.Matches("^([a-z]|[A-Z]{2,}|Kafka|Loki)", description);
        Assert.DoesNotMatch(@"\.$|\n|  ", description);
        Assert.InRange(description.Length, 5, 160);
    }

    [Theory]
    [MemberData(nameof(Bounded))]
    public void A_number_a_time_and_a_size_have_bounds_which_belong_to_them(string key)
    {
        var (setting, read) = Find(key);
        Assert.Matches("^(.+ to .+|.+ or more)$", setting.Bounds);

        var bounds = setting.Bounds.Replace(" or more", "", StringComparison.Ordinal).Split(" to ");
        Assert.All(bounds, bound => Assert.Null(Refusal(setting, read, bound)));
        if (bounds.Length == 2)
            Assert.NotNull(Refusal(setting, read, setting.ValueName == "TIME" ? "100000d" : bounds[1].Insert(LastDigit(bounds[1]), "0")));
        Assert.NotNull(Refusal(setting, read, "-1"));
    }

    [Theory]
    [MemberData(nameof(Bounded))]
    public void A_default_is_within_the_bounds(string key)
    {
        var (setting, read) = Find(key);
        // Some say in words what is in effect.
        if (Value().IsMatch(setting.DefaultText))
            Assert.Null(Refusal(setting, read, setting.DefaultText));
    }

    // Null when the value is taken; what else a setting must fit is not asked.
    private static string? Refusal(Setting setting, Action<IConfiguration> read, string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new(setting.Key, value)]).Build();
        try
        {
            read(configuration);
            return null;
        }
        catch (SettingsException exception)
        {
            return exception.Message.Contains($"{setting.Key} is '{value}': it must be {setting.Accepts}", StringComparison.Ordinal)
                ? exception.Message
                : null;
        }
    }

    private static bool IsMeasured(Setting setting) =>
        setting.ValueName is "TIME" or "SIZE" or "N" && !Unbounded.Contains(setting.Key);

    private static int LastDigit(string text) => text.Length - text.Reverse().TakeWhile(char.IsAsciiLetter).Count();

    private static (Setting Setting, Action<IConfiguration> Read) Find(string key) => All.Single(entry => entry.Setting.Key == key);

    private static IEnumerable<(Setting Setting, Action<IConfiguration> Read)> Of<T>()
        where T : class, ISettings, new() =>
        SettingsReader.Describe<T>().Select(
            setting => (setting, (Action<IConfiguration>)(configuration => SettingsReader.Read<T>(configuration))));

    [GeneratedRegex(@"^[\d.]+[A-Za-z]*$")]
    private static partial Regex Value();
}
