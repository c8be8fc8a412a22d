using Microsoft.Extensions.Configuration;
using Observability.AppHost.Configuration;
using Observability.ServiceDefaults.Settings;

namespace Observability.AppHost.Tests.Configuration;

public sealed class StackSettingsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("stack-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Nothing_needs_to_be_set()
    {
        var settings = Read();
        Assert.Equal(ContainerChoice.Auto, settings.Containers);
        Assert.Equal(1, settings.ForwarderReplicas);
        Assert.Equal(4, settings.MaximumForwarders);
        Assert.Equal(0, settings.ForwarderLagPerReplica);
        Assert.Equal(3100, settings.Ports.Loki);
        Assert.Empty(settings.Projects);
        Assert.Equal(100, SettingsReader.Read<ParameterSettings>(Configuration()).LogRate);
    }

    [Fact]
    public void The_autoscaler_may_make_at_least_as_many_Forwarders_as_there_are_from_the_start()
    {
        Assert.Equal(7, Read(("Stack:ForwarderReplicas", "7")).MaximumForwarders);
        Assert.Equal(
            "Stack:ForwarderMaximumReplicas is '6': it must be a whole number from 7 to 256",
            Refused(("Stack:ForwarderReplicas", "7"), ("Stack:ForwarderMaximumReplicas", "6")));
    }

    [Theory]
    [InlineData("Stack:Containers", "perhaps", "Stack:Containers is 'perhaps': it must be auto, true or false")]
    [InlineData("Stack:Containers", "1", "Stack:Containers is '1': it must be auto, true or false")]
    [InlineData("Stack:ForwarderReplicas", "0", "Stack:ForwarderReplicas is '0': it must be a whole number from 1 to 32")]
    [InlineData("Stack:ForwarderReplicas", "two", "Stack:ForwarderReplicas is 'two': it must be a whole number from 1 to 32")]
    [InlineData("Stack:ForwarderLagPerReplica", "many",
        "Stack:ForwarderLagPerReplica is 'many': it must be a whole number from 0 to 1000000000")]
    [InlineData("Stack:Ports:Loki", "0", "Stack:Ports:Loki is '0': it must be a whole number from 1 to 65535")]
    [InlineData("Stack:Ports:Loki", "9092",
        "Stack:Ports:Kafka and Stack:Ports:Loki are both 9092: each needs a port of its own")]
    [InlineData("Stack:Forwarders", "3", "Stack:Forwarders is no setting: --help lists the settings")]
    [InlineData("Stack:ForwarderReplica", "3", "Stack:ForwarderReplica is no setting: did you mean Stack:ForwarderReplicas?")]
    [InlineData("Stack:Ports:Lokki", "3", "Stack:Ports:Lokki is no setting: did you mean Stack:Ports:Loki?")]
    public void A_wrong_setting_is_named_with_its_value_and_what_it_accepts(string key, string value, string message) =>
        Assert.Equal(message, Refused((key, value)));

    [Theory]
    [InlineData("Parameters:log-rate", "-1", "Parameters:log-rate is '-1': it must be a whole number from 1 to 1000000")]
    [InlineData("Parameters:kafka-partitions", "1001", "Parameters:kafka-partitions is '1001': it must be a whole number from 1 to 1000")]
    public void A_wrong_parameter_is_named_with_its_value_and_what_it_accepts(string key, string value, string message) => Assert.Equal(
        message, Assert.Throws<SettingsException>(() => SettingsReader.Read<ParameterSettings>(Configuration((key, value)))).Message);

    [Fact]
    public void Parameters_of_other_programs_are_left_alone()
    {
        var configuration = Configuration(("Parameters:sql-password", "x"), ("Parameters:log-rate", "7"));
        Assert.Equal(7, SettingsReader.Read<ParameterSettings>(configuration).LogRate);
    }

    [Theory]
    [InlineData("auto", nameof(ContainerChoice.Auto))]
    [InlineData("TRUE", nameof(ContainerChoice.True))]
    [InlineData("False", nameof(ContainerChoice.False))]
    public void The_choice_of_containers_is_read_in_any_case(string value, string choice) =>
        Assert.Equal(choice, Read(("Stack:Containers", value)).Containers.ToString());

    [Fact]
    public void A_project_is_found_relative_to_AppHost()
    {
        var project = Path.Combine(_directory, "Shop.csproj");
        File.WriteAllText(project, "<Project/>");
        Directory.CreateDirectory(Path.Combine(_directory, "AppHost"));
        Assert.Equal(
            project,
            Read(("AppHost:Directory", Path.Combine(_directory, "AppHost")), ("Stack:Projects:shop", "../Shop.csproj")).Projects["shop"]);
    }

    [Theory]
    [InlineData("Stack:Projects:shop", "../Shop/Shop.csproj")]
    [InlineData("Stack:Projects:shop", ".")]
    public void A_project_that_is_not_there_is_one_line(string key, string value)
    {
        var message = Refused((key, value), ("AppHost:Directory", _directory));
        Assert.StartsWith(
            $"{key} is '{value}': it must be a project file that is there (.csproj, .fsproj, .vbproj), relative to {_directory}",
            message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void A_name_that_is_none_of_a_resource_is_one_line() => Assert.Equal(
        "Stack:Projects:my_shop names no resource: it takes letters, digits and single hyphens, a letter first",
        Refused(("Stack:Projects:my_shop", "Shop.csproj")));

    [Fact]
    public void A_program_that_is_not_there_is_one_line() => Assert.StartsWith(
        "Stack:Programs:Loki is '/no/such/loki': it must be a program: a path, relative to ",
        Refused(("Stack:Programs:Loki", "/no/such/loki")), StringComparison.Ordinal);

    [Fact]
    public void A_program_is_found_by_its_path_and_left_out_by_none()
    {
        var settings = Read(("Stack:Programs:loki", typeof(StackSettingsTests).Assembly.Location), ("Stack:Programs:prometheus", "none"));
        Assert.Equal(typeof(StackSettingsTests).Assembly.Location, settings.Programs.Loki);
        Assert.Equal(ProgramSettings.None, settings.Programs.Prometheus);
        Assert.Null(settings.Programs.Grafana);
    }

    [Fact]
    public void Help_names_every_setting_with_its_default()
    {
        foreach (var setting in SettingsReader.Describe<StackSettings>().Concat(SettingsReader.Describe<ParameterSettings>()))
            Assert.Contains(setting.HelpKey, Usage.Text, StringComparison.Ordinal);
        Assert.Contains("port of Loki; 1 to 65535 [3100]", Usage.Text, StringComparison.Ordinal);
    }

    private static string Refused(params (string Key, string Value)[] settings) =>
        Assert.Throws<SettingsException>(() => Read(settings)).Message;

    private static StackSettings Read(params (string Key, string Value)[] settings) =>
        SettingsReader.Read<StackSettings>(Configuration(settings));

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
        .Build();
}
