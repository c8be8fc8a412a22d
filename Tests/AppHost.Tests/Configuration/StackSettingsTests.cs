using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Observability.AppHost.Configuration;

namespace Observability.AppHost.Tests.Configuration;

public sealed class StackSettingsTests
{
    [Fact]
    public void Nothing_needs_to_be_set()
    {
        var settings = Read();
        Assert.Equal(ContainerChoice.Auto, settings.Containers);
        Assert.Equal(1, settings.ForwarderReplicas);
        Assert.Equal(4, settings.ForwarderMaximumReplicas);
        Assert.Equal(0, settings.ForwarderLagPerReplica);
        Assert.Equal(100, settings.LogRate);
    }

    [Fact]
    public void The_autoscaler_may_make_at_least_as_many_Forwarders_as_there_are_from_the_start()
    {
        Assert.Equal(7, Read(("Stack:ForwarderReplicas", "7")).ForwarderMaximumReplicas);
        Assert.Equal(
            "Stack:ForwarderMaximumReplicas is '6': it must be a whole number from 7 to 256",
            Assert.Throws<OptionsValidationException>(
                () => Read(("Stack:ForwarderReplicas", "7"), ("Stack:ForwarderMaximumReplicas", "6"))).Message);
    }

    [Theory]
    [InlineData("Stack:Containers", "perhaps", "Stack:Containers is 'perhaps': it must be auto, true or false")]
    [InlineData("Stack:Containers", "1", "Stack:Containers is '1': it must be auto, true or false")]
    [InlineData("Stack:ForwarderReplicas", "0", "Stack:ForwarderReplicas is '0': it must be a whole number from 1 to 32")]
    [InlineData("Stack:ForwarderReplicas", "two", "Stack:ForwarderReplicas is 'two': it must be a whole number from 1 to 32")]
    [InlineData("Stack:ForwarderLagPerReplica", "many",
        "Stack:ForwarderLagPerReplica is 'many': it must be a whole number from 0 to 1000000000")]
    [InlineData("Parameters:log-rate", "-1", "Parameters:log-rate is '-1': it must be a whole number from 1 to 1000000")]
    [InlineData("Parameters:kafka-partitions", "1001", "Parameters:kafka-partitions is '1001': it must be a whole number from 1 to 1000")]
    public void A_wrong_setting_is_named_with_its_value_and_what_it_accepts(string key, string value, string message) =>
        Assert.Equal(message, Assert.Throws<OptionsValidationException>(() => Read((key, value))).Message);

    [Theory]
    [InlineData("auto", nameof(ContainerChoice.Auto))]
    [InlineData("TRUE", nameof(ContainerChoice.True))]
    [InlineData("False", nameof(ContainerChoice.False))]
    public void The_choice_of_containers_is_read_in_any_case(string value, string choice) =>
        Assert.Equal(choice, Read(("Stack:Containers", value)).Containers.ToString());

    private static StackSettings Read(params (string Key, string Value)[] settings) => StackSettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
        .Build());
}
