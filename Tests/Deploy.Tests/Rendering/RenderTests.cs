using Observability.Deploy.Tests.Scripts;

namespace Observability.Deploy.Tests.Rendering;

/// <summary>deploy/render, with stand-ins for helm and kubectl.</summary>
public sealed class RenderTests : IDisposable
{
    private readonly StubbedCluster _cluster = new();

    [Fact]
    public async Task Own_values_come_on_top_of_a_size_and_none_makes_another_forgotten()
    {
        // "--values real-cluster --values kafka-auth" gave the laptop's sizes to a production cluster.
        var result = await _cluster.RunAsync(
            "deploy/render", "--dry-run", "--tag", "TAG", "--registry", "example.com", "--values", "real-cluster", "--values",
            "Tests/Deploy.Tests/Rendering/OwnValues", "--values", "kafka-auth", "--no-alerts");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(
            ["deploy/values/loki.yaml", "WORK/loki-limits.yaml", "deploy/values/real-cluster/loki.yaml",
                "Tests/Deploy.Tests/Rendering/OwnValues/loki.yaml"],
            ValuesOf(result, "loki"));
        Assert.Equal(["deploy/values/alloy.yaml", "deploy/values/kafka-auth/alloy.yaml", "deploy/values/real-cluster/alloy.yaml"],
            ValuesOf(result, "alloy"));
        Assert.Equal(["deploy/values/prometheus.yaml", "deploy/values/real-cluster/prometheus.yaml",
            "deploy/values/no-alerts/prometheus.yaml"], ValuesOf(result, "prometheus"));
    }

    [Fact]
    public async Task Every_object_is_in_the_folder_of_its_kind_and_in_a_namespace()
    {
        Assert.Equal(0, (await RenderAsync("--namespace", "mine")).ExitCode);

        var objects = File.ReadAllLines(_cluster.Path.PathOf("out/objects.txt"));
        Assert.Contains("10-operators\tapps/v1\tDeployment\tmine-kafka\tstrimzi-cluster-operator", objects);
        Assert.Contains("10-operators\tapps/v1\tDeployment\tmine-monitoring\tprometheus-kube-prometheus-operator", objects);
        Assert.Contains("20-stores\tapps/v1\tStatefulSet\tmine-monitoring\tloki-write", objects);
        Assert.Contains("20-stores\tkafka.strimzi.io/v1\tKafka\tmine-kafka\tkafka", objects);
        Assert.Contains("30-pipeline\tv1\tConfigMap\tmine\talloy-config", objects);
        Assert.Contains("40-monitoring\tmonitoring.coreos.com/v1\tPrometheus\tmine-monitoring\tprometheus-kube-prometheus-prometheus",
            objects);
        Assert.Contains("40-monitoring\tmonitoring.coreos.com/v1\tPodMonitor\tmine-kafka\tkafka", objects);
        Assert.Contains("90-policies\tnetworking.k8s.io/v1\tNetworkPolicy\tmine-kafka\tdeny-by-default", objects);
        Assert.Contains("00-crds\tv1\tNamespace\t-\tmine", objects);
        Assert.All(objects, line => Assert.Equal(5, line.Split('\t').Length));
    }

    [Fact]
    public async Task Own_namespaces_are_meant_wherever_a_file_of_the_stack_names_the_laptops()
    {
        await RenderAsync("--namespace", "mine");

        var kafka = Read("20-stores/kafka.yaml");
        Assert.Contains("kubernetes.io/metadata.name: mine\n", kafka, StringComparison.Ordinal);
        var policies = Read("90-policies/network-policies.yaml");
        Assert.Contains("kubernetes.io/metadata.name: mine-monitoring\n", policies, StringComparison.Ordinal);
        Assert.Contains("config.forwarder.kafka_bootstrap_servers=kafka-kafka-bootstrap.mine-kafka:9092", _cluster.Calls,
            StringComparison.Ordinal);
        Assert.Contains("config.forwarder.loki_url=http://loki-gateway.mine-monitoring.svc.cluster.local", _cluster.Calls,
            StringComparison.Ordinal);
        foreach (var text in (string[])[kafka, policies])
        {
            Assert.DoesNotContain("name: default\n", text, StringComparison.Ordinal);
            Assert.DoesNotContain("namespace: kafka\n", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Outside_a_laptop_only_what_has_a_login_is_on_the_ingress_and_with_a_certificate()
    {
        await RenderAsync("--expose", "grafana", "--domain", "example.com", "--tls-secret", "certificate");

        var ingress = Read("90-policies/ingress.yaml");
        Assert.Contains("secretName: certificate\n", ingress, StringComparison.Ordinal);
        Assert.Equal(2, ingress.Split("grafana.example.com").Length - 1);
        Assert.DoesNotContain("prometheus.", ingress, StringComparison.Ordinal);
        Assert.DoesNotContain("alloy.", ingress, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Left_out_parts_leave_nothing_behind_and_the_others_get_the_address_of_what_is_there()
    {
        await RenderAsync("--without", "strimzi,loki=http://logs.example:3100,alloy,ingress", "--without",
            "prometheus=http://metrics.example:9090");

        var objects = File.ReadAllText(_cluster.Path.PathOf("out/objects.txt"));
        foreach (var gone in (string[])["strimzi-cluster-operator", "loki", "alloy\n", "alloy-config", "object-store", "Ingress\t",
            "ingress-nginx"])
            Assert.DoesNotContain(gone, objects, StringComparison.Ordinal);
        Assert.Contains("config.forwarder.loki_url=http://logs.example:3100", _cluster.Calls, StringComparison.Ordinal);
        Assert.Contains("grafana.env.LOKI_URL=http://logs.example:3100", _cluster.Calls, StringComparison.Ordinal);
        Assert.Contains("grafana.env.PROMETHEUS_URL=http://metrics.example:9090", _cluster.Calls, StringComparison.Ordinal);
        Assert.Contains("--values deploy/values/without/prometheus/prometheus.yaml", _cluster.Calls, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Images_are_listed_and_come_from_a_mirror_but_those_of_the_stack_itself()
    {
        _cluster.Path.Add("helm", """
            case "$1 $2" in
              version*) echo v4.1.4 ;;
              'template alloy') printf -- '---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: alloy\nspec:\n  template:\n    spec:\n      containers:\n        - image: docker.io/grafana/alloy:v1.18.1\n        - image: busybox:1.37\n        - args:\n            - --reloader=quay.io/x/reloader:v1@sha256:0123\n            - https://example.com/page:1\n' ;;
              'template services') printf -- '---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: forwarder\nspec:\n  template:\n    spec:\n      containers:\n        - image: "registry.example.com/team/forwarder:TAG"\n' ;;
            esac
            """);
        await RenderAsync("--registry", "registry.example.com/team", "--registry-mirror", "mirror.example.com/all");

        Assert.Equal(
            """
            mirror.example.com/all/grafana/alloy:v1.18.1
            mirror.example.com/all/library/busybox:1.37
            mirror.example.com/all/minio/minio:RELEASE.2024-12-18T13-15-44Z
            mirror.example.com/all/x/reloader:v1@sha256:0123
            registry.example.com/team/forwarder:TAG

            """,
            Read("images.txt"));
        Assert.Contains("- --reloader=mirror.example.com/all/x/reloader:v1@sha256:0123", Read("30-pipeline/alloy.yaml"),
            StringComparison.Ordinal);
        Assert.Contains("- https://example.com/page:1", Read("30-pipeline/alloy.yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_component_of_ones_own_changes_what_a_chart_has_no_value_for()
    {
        Tool.SkipWithoutKubectl();
        _cluster.UseRealKubectl();
        Directory.CreateDirectory(_cluster.Path.PathOf("own/services"));
        _cluster.Path.Write("own/services/kustomization.yaml", """
            apiVersion: kustomize.config.k8s.io/v1alpha1
            kind: Component
            patches:
              - target: {kind: Deployment, name: forwarder-deployment}
                patch: |-
                  apiVersion: apps/v1
                  kind: Deployment
                  metadata: {name: forwarder-deployment}
                  spec:
                    template:
                      spec:
                        nodeSelector: {pool: logs}
            """);
        var result = await RenderAsync("--values", _cluster.Path.PathOf("own"));

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("pool: logs", Read("30-pipeline/services.yaml"), StringComparison.Ordinal);
        Assert.Contains("observability/stack: default", Read("30-pipeline/services.yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hook_of_helms_is_refused_since_nothing_would_run_it()
    {
        _cluster.Path.Add("helm", """
            case "$1 $2" in
              version*) echo v4.1.4 ;;
              'template alloy') printf -- '---\napiVersion: batch/v1\nkind: Job\nmetadata:\n  annotations:\n    helm.sh/hook: pre-install\n  name: certificate\n' ;;
            esac
            """);
        var result = await RenderAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("alloy: Job/certificate is a hook of Helm's (pre-install)", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_cluster.Path.PathOf("out")));
    }

    [Fact]
    public async Task A_failure_leaves_the_earlier_manifests_whole()
    {
        await RenderAsync();
        var before = Read("objects.txt");
        _cluster.Path.Add("helm", "case $1 in version) echo v4.1.4 ;; *) exit 1 ;; esac");

        Assert.NotEqual(0, (await RenderAsync()).ExitCode);
        Assert.Equal(before, Read("objects.txt"));
    }

    [Fact]
    public async Task A_folder_with_something_else_in_it_is_not_overwritten()
    {
        Directory.CreateDirectory(_cluster.Path.PathOf("out"));
        _cluster.Path.Write("out/precious", "");
        var result = await RenderAsync();

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("which has something that deploy/render did not make", result.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_cluster.Path.PathOf("out/precious")));
    }

    [Fact]
    public async Task A_chart_of_another_version_is_not_rendered()
    {
        _cluster.Path.Write("charts/loki/Chart.yaml", "version: 1.0.0\n");
        var result = await RenderAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("charts/loki is not version ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_publish_that_writes_nothing_is_a_failure()
    {
        var result = await _cluster.RunAsync("deploy/render", "--output", _cluster.Path.PathOf("out"), "--charts",
            _cluster.Path.PathOf("charts"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"AppHost published no chart into {Repository.PathOf("artifacts/deploy/chart")}", result.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_that_is_the_examples_is_refused()
    {
        _cluster.Path.Add("helm", """
            case "$1 $2" in
              version*) echo v4.1.4 ;;
              'template loki') printf -- '---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: loki\ndata:\n  config.yaml: |\n    bucketnames: name-your-own\n' ;;
            esac
            """);
        var result = await RenderAsync("--values", "real-cluster", "--registry", "registry.example.com");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Loki's bucket has no name: set loki.storage.bucketNames.chunks", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _cluster.Dispose();

    private static IEnumerable<string> ValuesOf(ToolResult result, string release)
    {
        var words = result.Error.Split('\n').Single(line => line.StartsWith($"+ helm template {release} ", StringComparison.Ordinal))
            .Split(' ');
        return words.Where((_, i) => i > 0 && words[i - 1] == "--values");
    }

    private string Read(string file) => File.ReadAllText(_cluster.Path.PathOf($"out/{file}"));

    private Task<ToolResult> RenderAsync(params string[] options) =>
        _cluster.RunAsync("deploy/render", ["--output", _cluster.Path.PathOf("out"), "--charts", _cluster.Path.PathOf("charts"), "--chart",
            RenderedStack.ServicesChart, "--tag", "TAG", .. options]);
}
