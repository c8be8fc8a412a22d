using Microsoft.Extensions.Configuration;
using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Tests.Settings;

public sealed class SettingsReaderTests
{
    [Fact]
    public void Without_any_value_everything_is_as_the_class_says()
    {
        var sample = Read();

        Assert.Equal(("none", 4, 1.5, 1024 * 1024, TimeSpan.FromMilliseconds(500)),
            (sample.Name, sample.Count, sample.Rate, sample.Bytes, sample.Age));
        Assert.Equal([SampleKind.First], sample.Kinds);
    }

    [Fact]
    public void Every_kind_of_value_is_read()
    {
        var sample = Read(
            ("Sample:Name", "x"), ("sample:count", "7"), ("Sample:Rate", "0.5"), ("Sample:Bytes", "64MiB"), ("Sample:Flag", "TRUE"),
            ("Sample:Kind", "second"),
            ("Sample:Kinds", "second, first,second"), ("Sample:Address", "http://host:1/loki"), ("Sample:Words:ONE", "2"),
            ("Sample:Words:two", ""),
            ("Sample:Nested:a:b", "c"), ("Sample:Group:Most", "8"));

        Assert.Equal(("x", 7, 0.5, 64L << 20, true, SampleKind.Second),
            (sample.Name, sample.Count, sample.Rate, sample.Bytes, sample.Flag, sample.Kind));
        Assert.Equal([SampleKind.Second, SampleKind.First], sample.Kinds);
        Assert.Equal("http://host:1/loki/", sample.Address!.ToString());
        Assert.Equal(new() { ["one"] = "2", ["two"] = "" }, sample.Words);
        Assert.Equal("c", sample.Nested["a"]["b"]);
        Assert.Equal(8, sample.Group.Most);
    }

    [Fact]
    public void A_list_may_be_an_array() =>
        Assert.Equal([SampleKind.Second], Read(("Sample:Kinds:0", "Second")).Kinds);

    [Theory]
    [InlineData("500ms")]
    [InlineData("0.5s")]
    [InlineData("00:00:00.5")]
    public void A_duration_is_written_as_people_or_as_NET_write_it(string text)
    {
        Assert.Equal(TimeSpan.FromSeconds(0.5), Read(("Sample:Age", text)).Age);

        DurationConverter.Register();
        Assert.Equal(TimeSpan.FromSeconds(0.5), Configure([("Age", text)]).GetValue<TimeSpan>("Age"));
    }

    [Fact]
    public void An_empty_value_is_none() => Assert.Equal(4, Read(("Sample:Count", "")).Count);

    [Theory]
    [InlineData("Sample:Count", "0", "Sample:Count is '0': it must be a whole number from 1 to 64")]
    [InlineData("Sample:Count", "many", "Sample:Count is 'many': it must be a whole number from 1 to 64")]
    [InlineData("Sample:Count", "99999999999", "Sample:Count is '99999999999': it must be a whole number from 1 to 64")]
    [InlineData("Sample:Rate", "NaN", "Sample:Rate is 'NaN': it must be a number of 0.5 or more")]
    [InlineData("Sample:Rate", "1e400", "Sample:Rate is '1e400': it must be a number of 0.5 or more")]
    [InlineData("Sample:Rate", "Infinity", "Sample:Rate is 'Infinity': it must be a number of 0.5 or more")]
    [InlineData("Sample:Bytes", "1", "Sample:Bytes is '1': it must be a size from 1KiB to 1GiB, such as 512KiB, 64MiB or 1000000")]
    [InlineData("Sample:Age", "soon",
        "Sample:Age is 'soon': it must be a duration from 10ms to 1h, such as 500ms, 30s, 5m, 1h or 00:00:30")]
    [InlineData("Sample:Age", "30", "Sample:Age is '30': it must be a duration from 10ms to 1h, such as 500ms, 30s, 5m, 1h or 00:00:30")]
    [InlineData("Sample:Flag", "yes", "Sample:Flag is 'yes': it must be true or false")]
    [InlineData("Sample:Kind", "1", "Sample:Kind is '1': it must be first or second")]
    [InlineData("Sample:Kinds", "first,x", "Sample:Kinds is 'first,x': it must be first or second")]
    [InlineData("Sample:Address", "host:1", "Sample:Address is 'host:1': it must be an http or https URL, such as http://127.0.0.1:1")]
    [InlineData("Sample:Address", "ftp://me:word@host",
        "Sample:Address is 'ftp://***@host': it must be an http or https URL, such as http://127.0.0.1:1")]
    [InlineData("Sample:Group:Most", "3", "Sample:Group:Most is '3': it must be at least Count (4)")]
    [InlineData("Sample:Cuont", "3", "Sample:Cuont is no setting: did you mean Sample:Count?")]
    [InlineData("Sample:Group:Mots", "3", "Sample:Group:Mots is no setting: did you mean Sample:Group:Most?")]
    [InlineData("Sample:Zebra", "3", "Sample:Zebra is no setting: --help lists the settings")]
    public void What_is_wrong_is_one_line_that_names_the_setting_its_value_and_what_it_accepts(string key, string value, string expected) =>
        Assert.Equal([expected], Assert.Throws<SettingsException>(() => Read((key, value))).Faults);

    [Fact]
    public void All_that_is_wrong_is_said_at_once() =>
        Assert.Equal(3, Assert.Throws<SettingsException>(
            () => Read(("Sample:Count", "0"), ("Sample:Flag", "x"), ("Sample:Nmae", "x"))).Faults.Count);

    [Fact]
    public void A_fault_names_what_was_written_where()
    {
        var options = new CommandLineSettings();
        options.Add("Sample:Count", "0", "--count");
        options.Add("Sample:Flag", "x", "--Sample:Flag");
        Environment.SetEnvironmentVariable("Sample__Rate", "slow");
        try
        {
            var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Add(options).Build();

            var faults = Assert.Throws<SettingsException>(() => SettingsReader.Read<Sample>(configuration)).Faults;

            Assert.Equal(["--count", "Sample__Rate", "--Sample:Flag"], faults.Select(fault => fault.Split(' ')[0]));
        }
        finally
        {
            Environment.SetEnvironmentVariable("Sample__Rate", null);
        }
    }

    [Fact]
    public void Every_setting_has_a_description_bounds_and_a_default()
    {
        var settings = SettingsReader.Describe<Sample>().ToDictionary(setting => setting.HelpKey);

        Assert.Equal(("how long", "10ms to 1h", "500ms", "TIME"), Described("Sample:Age"));
        Assert.Equal(("how much", "1KiB to 1GiB", "1MiB", "SIZE"), Described("Sample:Bytes"));
        Assert.Equal(("words", "", "one=1", "TEXT"), Described("Sample:Words:<word>"));
        Assert.Equal(("the most", "", "100", "N"), Described("Sample:Group:Most"));
        Assert.Equal(13, settings.Count);

        (string, string, string, string) Described(string key) =>
            (settings[key].Description, settings[key].Bounds, settings[key].DefaultText, settings[key].ValueName);
    }

    private static Sample Read(params (string Key, string Value)[] values) => SettingsReader.Read<Sample>(Configure(values));

    private static IConfigurationRoot Configure((string Key, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(
            values.Select(value => KeyValuePair.Create(value.Key, (string?)value.Value))).Build();
}
