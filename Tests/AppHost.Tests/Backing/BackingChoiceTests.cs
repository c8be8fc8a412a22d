using Microsoft.Extensions.Configuration;
using Observability.AppHost.Backing;
using Observability.AppHost.Configuration;
using Observability.AppHost.Containers;

namespace Observability.AppHost.Tests.Backing;

public sealed class BackingChoiceTests
{
    [Theory]
    [InlineData("Auto", "docker", true)]
    [InlineData("Auto", null, false)]
    [InlineData("True", null, true)]
    [InlineData("False", "docker", false)]
    public void The_setting_decides_and_what_the_machine_has_decides_where_it_does_not(string choice, string? runtime, bool containers) =>
        Assert.Equal(containers, BackingChoice.Choose(Enum.Parse<ContainerChoice>(choice), () => (runtime, "because")).AreContainers);

    [Fact]
    public void The_choice_and_its_reason_are_one_line() => Assert.Equal(
        "The embedded broker and log store take the containers' place: no docker, no podman (decide with "
            + "--Stack:Containers=auto|true|false)",
        BackingChoice.Choose(ContainerChoice.Auto, () => (null, "no docker, no podman")).Sentence);

    [Fact]
    public void A_runtime_that_is_not_there_is_named()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("ASPIRE_CONTAINER_RUNTIME", "no-such-runtime")]).Build();
        Assert.Equal((null, "no no-such-runtime"), ContainerRuntime.Find(configuration));
    }
}
