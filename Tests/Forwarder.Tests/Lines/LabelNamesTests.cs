using CsCheck;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Tests.Decoding;

namespace Observability.Forwarder.Tests.Lines;

public sealed class LabelNamesTests
{
    [Theory]
    [InlineData("service", "service")]
    [InlineData("k8s.pod.name", "k8s_pod_name")]
    [InlineData("2nd", "_2nd")]
    [InlineData("größe", "gr__e")]
    [InlineData("", "_")]
    public void Names_become_what_Loki_takes(string name, string expected) => Assert.Equal(expected, LabelNames.Sanitize(name));

    [Fact]
    public void Any_name_becomes_a_valid_one_and_a_valid_one_stays() => Texts.Any.Sample(
        name =>
        {
            var sanitized = LabelNames.Sanitize(name);

            Assert.Matches("^[a-zA-Z_][a-zA-Z0-9_]*$", sanitized);
            Assert.Equal(sanitized, LabelNames.Sanitize(sanitized));
        },
        iter: 500);
}
