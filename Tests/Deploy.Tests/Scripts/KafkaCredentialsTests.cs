using System.Text;
using Observability.Deploy.Tests.Manifests;

namespace Observability.Deploy.Tests.Scripts;

public sealed class KafkaCredentialsTests
{
    private const string Password = "cGFzc3dvcmQ=";
    private const string Authority = "LS0tLS1CRUdJTg==";

    [Fact]
    public async Task A_service_gets_the_settings_of_its_Kafka_client()
    {
        var secret = await RunAsync("forwarder");

        Assert.Equal("forwarder-kafka", secret.Name);
        foreach (var role in (string[])["Producer", "Consumer"])
        {
            var prefix = $"Aspire__Confluent__Kafka__{role}__Config__";
            Assert.Equal("SaslSsl", Decoded(secret, prefix + "SecurityProtocol"));
            Assert.Equal("ScramSha512", Decoded(secret, prefix + "SaslMechanism"));
            Assert.Equal("forwarder", Decoded(secret, prefix + "SaslUsername"));
            Assert.Equal(Password, secret.Text("data", prefix + "SaslPassword"));
            Assert.Equal(Authority, secret.Text("data", prefix + "SslCaPem"));
        }
    }

    [Fact]
    public async Task Alloy_gets_the_environment_that_its_configuration_reads()
    {
        var secret = await RunAsync("alloy");

        Assert.Equal("alloy-kafka", secret.Name);
        Assert.Equal("alloy", Decoded(secret, "KAFKA_SASL_USERNAME"));
        Assert.Equal(Password, secret.Text("data", "KAFKA_SASL_PASSWORD"));
        Assert.Equal(Authority, secret.Text("data", "KAFKA_CA"));
        Assert.Contains("""sys.env("KAFKA_SASL_PASSWORD")""", Repository.Read("deploy/config/alloy/kafka-sasl/kafka.alloy"),
            StringComparison.Ordinal);
    }

    private static async Task<Manifest> RunAsync(string client)
    {
        using var path = new PathOfStubs();
        path.Add("kubectl",
            $"case $* in *'get secret {client} '*) printf {Password} ;; *kafka-cluster-ca-cert*) printf {Authority} ;; *) exit 1 ;; esac");
        var result = await Tool.RunAsync("deploy/kafka-credentials", ["--context", "test", client], path.Environment);

        Assert.True(result.ExitCode == 0, result.Error);
        var secret = Assert.Single(Manifest.Parse("deploy/kafka-credentials", result.Output));
        StrictModel.Check(secret);
        Assert.Equal("observability", secret.Namespace);
        return secret;
    }

    private static string Decoded(Manifest secret,
        string key) => Encoding.UTF8.GetString(Convert.FromBase64String(secret.Text("data", key)));
}
