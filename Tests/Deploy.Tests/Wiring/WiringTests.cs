using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Observability.Deploy.Tests.Manifests;

namespace Observability.Deploy.Tests.Wiring;

/// <summary>Every name, port and address that one part uses exists in another.</summary>
public sealed partial class WiringTests
{
    private static readonly IReadOnlyList<ServiceEntry> Services = ServiceTable.Read();

    public static TheoryData<string> FilesWithAddresses =>
    [
        .. Repository.Files("deploy", "*").Where(file => !file.StartsWith("deploy/README", StringComparison.Ordinal)),
        .. Repository.Files("AppHost", "*.cs").Where(file => !file.Contains("/obj/", StringComparison.Ordinal)),
    ];

    [Fact]
    public void The_table_of_services_is_read() => Assert.Equal(16, Services.Count);

    [Theory]
    [MemberData(nameof(FilesWithAddresses))]
    public void Every_address_is_of_a_service_that_there_is(string file)
    {
        foreach (Match match in Address().Matches(Repository.Read(file)))
        {
            int? port = match.Groups["port"] is { Success: true, Value: var text } ? int.Parse(text, CultureInfo.InvariantCulture) : null;
            Assert.True(
                Services.Any(service => service.Name == match.Groups["service"].Value
                    && service.Namespace == match.Groups["namespace"].Value && (port ?? service.Port) == service.Port),
                $"{file} uses {match.Value}, and no service of deploy/README.md is that");
        }
    }

    [Fact]
    public void Every_ingress_leads_to_a_service_that_there_is()
    {
        var ingresses = Manifest.ReadFile("deploy/ingress/ingress.yaml");
        foreach (var ingress in ingresses)
        {
            var backend = ingress.Items("spec", "rules").Single()["http"]!["paths"]!.AsArray().Single()!["backend"]!["service"]!;
            Assert.Contains(Services, service =>
                service.Name == backend["name"]!.GetValue<string>() && service.Namespace == ingress.Namespace
                    && service.Port == backend["port"]!["number"]!.GetValue<int>());
        }

        var hosts = ingresses.Select(ingress => ingress.Items("spec", "rules").Single()["host"]!.GetValue<string>());
        Assert.Equal(Variable("hosts").Trim('(', ')').Split(' '), hosts);
    }

    [Fact]
    public void The_services_are_what_AppHost_publishes()
    {
        const string Chart = "Tests/AppHost.Tests/Publishing/ReviewedChart";
        var values = Manifest.ReadFile($"{Chart}/values.yaml").Single();
        var render = Repository.Read("deploy/render");
        foreach (var name in (string[])["log-generator", "forwarder"])
        {
            var key = name.Replace('-', '_');
            Assert.NotNull(values.At("parameters", key, $"{key}_image"));
            Assert.NotNull(values.At("config", key, "kafka_bootstrap_servers"));
            Assert.NotNull(values.At("config", key, "loki_url"));
            Assert.Contains(Services,
                service => service.Name == $"{name}-service" && service.Port == values.At("parameters", key, "port_http")!.GetValue<int>());
            Assert.Contains($"name: \"{name}-service\"", Repository.Read($"{Chart}/templates/{name}/service.yaml"),
                StringComparison.Ordinal);

            // deploy/kafka-credentials makes this Secret.
            Assert.Contains($"name: \"{name}-kafka\"", Repository.Read($"{Chart}/templates/{name}/deployment.yaml"),
                StringComparison.Ordinal);
        }

        Assert.Contains("parameters.$key.${key}_image=", render, StringComparison.Ordinal);
        Assert.Contains("config.$key.kafka_bootstrap_servers=", render, StringComparison.Ordinal);
        Assert.Contains("config.$key.loki_url=", render, StringComparison.Ordinal);
        var lag = Manifest.ReadFile("deploy/values/real-cluster/prometheus-adapter.yaml").Single().Items("rules", "external").Single();
        Assert.Contains($"\"{lag["name"]!["as"]}\"", Repository.Read("AppHost/Publishing/PublishedService.cs"), StringComparison.Ordinal);
        var settings = Repository.Read("AppHost/Configuration/StackSettings.cs");
        foreach (Match setting in StackSetting().Matches(render))
            Assert.Contains($" {setting.Groups[1].Value} {{ get; set; }}", settings, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_opens_ports_that_there_are()
    {
        var forwards = Forward().Matches(Repository.Read("deploy/verify"));
        Assert.Equal(3, forwards.Count);
        foreach (Match forward in forwards)
        {
            Assert.Contains(Services, service =>
                service.Name == forward.Groups["service"].Value
                    && service.Namespace == (forward.Groups["namespace"].Value == "main" ? "default" : forward.Groups["namespace"].Value)
                    && service.Port.ToString(CultureInfo.InvariantCulture) == forward.Groups["port"].Value);
        }
    }

    // No Service has it: it is on the loopback of its pod, and so for nobody but who may open a pod's port.
    [Theory]
    [InlineData("deploy/verify")]
    [InlineData("deploy/chaos")]
    public void LogGenerator_is_asked_where_its_control_API_listens(string script)
    {
        const string Pod = "deployment/log-generator-deployment";
        var port = new Uri(ControlUrl().Match(Repository.Read("LogGenerator/Control/ControlListener.cs")).Groups["url"].Value).Port;

        Assert.Contains($"forward \"$ns_main\" {Pod} {port}\n", Repository.Read(script), StringComparison.Ordinal);
        Assert.Contains(
            $"name: \"{Pod.Split('/')[1]}\"", Repository.Read("Tests/AppHost.Tests/Publishing/ReviewedChart/templates/log-generator/deployment.yaml"),
            StringComparison.Ordinal);
        Assert.DoesNotContain(Services, service => service.Name == "log-generator-service" && service.Port == port);
    }

    [Fact]
    public void The_cluster_and_the_scripts_agree_on_names_and_ports()
    {
        var cluster = Manifest.ReadFile("deploy/cluster/k3d.yaml").Single();
        var port = Variable("port");
        Assert.Equal(Variable("cluster"), cluster.Name);
        Assert.Equal($"127.0.0.1:{port}:{port}", cluster.Items("ports").Single()["port"]!.GetValue<string>());
        Assert.Equal(Variable("registry"), $"localhost:{cluster.Text("registries", "create", "hostPort")}");
        var mirrors = Manifest.Parse("registries.config", cluster.Text("registries", "config")).Single();
        Assert.Equal($"http://{cluster.Text("registries", "create", "name")}:5000",
            mirrors.Items("mirrors", Variable("registry"), "endpoint").Single().GetValue<string>());

        Assert.Equal(port, Manifest.ReadFile("deploy/values/ingress-nginx.yaml").Single().Text("controller", "service",
            "nodePorts", "http"));
        var traefik = Manifest.ReadFile("deploy/ingress/traefik.yaml").Single();
        Assert.Equal(port, Manifest.Parse("valuesContent", traefik.Text("spec", "valuesContent")).Single().Text("ports", "web",
            "nodePort"));
    }

    [Fact]
    public void Kafka_listens_where_the_table_says()
    {
        var kafka = Manifest.ReadFile("deploy/kafka/base/kafka.yaml").Single();
        var pool = Manifest.ReadFile("deploy/kafka/base/node-pool.yaml").Single();
        Assert.Contains(Services, service => service.Name == $"{kafka.Name}-kafka-bootstrap" && service.Namespace == kafka.Namespace
            && service.Port == kafka.Items("spec", "kafka", "listeners").Single()["port"]!.GetValue<int>());

        // Its first pod's name, which README and status speak of.
        Assert.Equal("kafka-controller", $"{pool.Text("metadata", "labels", "strimzi.io/cluster")}-{pool.Name}");
        Assert.All(PlainManifests.All.Where(
            manifest => manifest.ApiVersion.StartsWith("kafka.strimzi.io", StringComparison.Ordinal) && manifest.Kind != "Kafka"),
            manifest => Assert.Equal(kafka.Name, manifest.Text("metadata", "labels", "strimzi.io/cluster")));
    }

    [Fact]
    public void The_topics_are_the_same_everywhere()
    {
        var topics = Manifest.ReadFile("deploy/kafka/base/topics.yaml").Select(topic => topic.Name).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(["alloy-logs", "dead-letters", "test-logs"], topics);

        foreach (var (project, used) in new Dictionary<string, string[]>
        {
            ["AppHost"] = [],
            ["ServiceDefaults"] = ["alloy-logs", "test-logs", "dead-letters"],
            ["Forwarder"] = [],
            ["LogGenerator"] = [],
        })
        {
            var literals = Repository.Files(project, "*.cs").Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
                .SelectMany(file => TopicLiteral().Matches(Repository.Read(file))).Select(match => match.Groups[1].Value).ToHashSet();
            Assert.Subset(topics.ToHashSet(), literals);
            Assert.Superset(used.ToHashSet(), literals);
        }

        Assert.Contains("""coalesce(sys.env("KAFKA_LOGS_TOPIC"), "alloy-logs")""", Repository.Read("deploy/config/alloy/kafka.alloy"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Each_Kafka_user_may_use_topics_that_there_are()
    {
        var topics = Manifest.ReadFile("deploy/kafka/base/topics.yaml").Select(topic => topic.Name).Append("*").ToHashSet();
        foreach (var user in Manifest.ReadFile("deploy/kafka/authentication/users.yaml"))
        {
            foreach (var access in user.Items("spec", "authorization",
                "acls").Where(access => access["resource"]!["type"]!.GetValue<string>() == "topic"))
                Assert.Contains(access["resource"]!["name"]!.GetValue<string>(), topics);
        }
    }

    [Theory]
    [InlineData("", new[] { "config.alloy", "kafka.alloy", "kubernetes.alloy" }, new[] { "deploy/values/alloy.yaml" })]
    [InlineData("--kafka-auth", new[] { "config.alloy", "kafka-sasl/kafka.alloy", "kubernetes.alloy" },
        new[] { "deploy/values/alloy.yaml", "deploy/values/kafka-auth/alloy.yaml" })]
    public async Task Alloy_is_given_each_environment_variable_that_it_cannot_do_without(string options, string[] configuration,
        string[] values)
    {
        var given = values.SelectMany(file => Manifest.ReadFile(file).Single().Items("alloy", "extraEnv"))
            .Select(variable => variable["name"]!.GetValue<string>()).ToHashSet();
        if (options.Length > 0)
            given.UnionWith(["KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD"]);
        var optional = options.Length > 0 ? [] : new HashSet<string> { "KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD", "KAFKA_CA_FILE" };

        foreach (var file in configuration)
        {
            var needed = NeededVariable().Matches(Repository.Read($"deploy/config/alloy/{file}")).Select(match => match.Groups[1].Value);
            Assert.Subset(given.Union(optional).ToHashSet(), needed.ToHashSet());
        }

        // deploy/render makes the ConfigMap of these very files.
        var result = await Scripts.Tool.RunAsync("deploy/render",
            ["--dry-run", "--tag", "TAG", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        var command = result.Error.Split('\n').Single(line => line.Contains("create configmap alloy-config", StringComparison.Ordinal));
        Assert.Equal(configuration.Select(file => $"deploy/config/alloy/{file}"),
            FromFile().Matches(command).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public void No_chart_is_given_a_variable_that_nothing_reads()
    {
        // LOKI_RETENTION=720h was, and lines were kept for a week.
        var alloy = string.Concat(Repository.Files("deploy/config/alloy", "*.alloy").Select(Repository.Read));
        foreach (var file in Repository.Files("deploy/values", "*.yaml"))
        {
            foreach (var variable in Variables(Manifest.ReadFile(file).Single().Content))
            {
                Assert.True(
                    Path.GetFileName(file) == "alloy.yaml" ? alloy.Contains($"sys.env(\"{variable}\")", StringComparison.Ordinal)
                    : Path.GetFileName(file) == "strimzi.yaml" && variable.StartsWith("STRIMZI_", StringComparison.Ordinal),
                    $"{file} gives {variable}, and nothing reads it");
            }
        }
    }

    private static IEnumerable<string> Variables(JsonObject values) => values.SelectMany(entry => entry switch
    {
        { Key: "extraEnv" or "extraEnvs", Value: JsonArray list } => list.Select(variable => variable!["name"]!.GetValue<string>()),
        { Value: JsonObject inner } => Variables(inner),
        _ => [],
    });

    [Fact]
    public void Grafana_is_given_each_environment_variable_that_its_datasources_name()
    {
        var given = Manifest.ReadFile("deploy/values/prometheus.yaml").Single().At("grafana",
            "env")!.AsObject().Select(variable => variable.Key).ToHashSet();
        var named = Repository.Files("deploy/config/grafana/provisioning/datasources", "*.y*ml")
            .SelectMany(file => EnvironmentVariable().Matches(Repository.Read(file)))
            .Select(match => match.Groups[1].Value)
            .ToHashSet();
        Assert.NotEmpty(named);
        Assert.Subset(given, named);
    }

    [Fact]
    public void Verify_asks_for_the_datasources_that_there_are()
    {
        var verify = Repository.Read("deploy/verify");
        var uids = Repository.Files("deploy/config/grafana/provisioning/datasources", "*.y*ml")
            .SelectMany(file => Manifest.Parse(file, Repository.Read(file)).Single().Items("datasources"))
            .Select(source => source["uid"]!.GetValue<string>())
            .Order(StringComparer.Ordinal);
        Assert.Equal(WordsOf(verify, "uid").Order(StringComparer.Ordinal), uids);
    }

    private static string[] WordsOf(string script, string variable) =>
        Regex.Match(script, $"^ *for {variable} in (.*); do$", RegexOptions.Multiline).Groups[1].Value.Split(' ');

    /// <summary>The value of a variable at the top of lib.sh.</summary>
    private static string Variable(string name) =>
        Regex.Match(Repository.Read("deploy/lib.sh"), $"^{name}=(.*)$", RegexOptions.Multiline) is { Success: true } match
            ? match.Groups[1].Value
            : throw new InvalidDataException($"deploy/lib.sh has no variable {name}.");

    [GeneratedRegex(
        @"(?<![\w.-])(?<service>[a-z][a-z-]*)\.(?<namespace>kafka|monitoring|default)(?:\.svc(?:\.cluster\.local)?(?::(?<port>\d+))?|:(?<port>\d+))(?![\w.-])")]
    private static partial Regex Address();

    [GeneratedRegex(@"^ *forward ""\$ns_(?<namespace>\w+)"" service/(?<service>\S+) (?<port>\d+)$", RegexOptions.Multiline)]
    private static partial Regex Forward();

    [GeneratedRegex("DefaultUrl = \"(?<url>[^\"]+)\"")]
    private static partial Regex ControlUrl();

    // In a literal, alone or in a list.
    [GeneratedRegex(@"(?<=["",])((?:[a-z]+)-logs|dead-letters)(?=["",])")]
    private static partial Regex TopicLiteral();

    [GeneratedRegex(@"(?<!coalesce\()sys\.env\(""(\w+)""\)")]
    private static partial Regex NeededVariable();

    [GeneratedRegex(@"\$\{?([A-Z][A-Z_]+)\}?")]
    private static partial Regex EnvironmentVariable();

    [GeneratedRegex(@"--Stack:([\w-]+)=")]
    private static partial Regex StackSetting();

    [GeneratedRegex(@"--from-file=(\S+)")]
    private static partial Regex FromFile();
}
