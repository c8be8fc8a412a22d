namespace Observability.Deploy.Tests.Scripts;

/// <summary>A machine with all tools and a cluster on which every request succeeds, of stand-ins. A test says what is otherwise.</summary>
internal sealed class StubbedCluster : IDisposable
{
    // Enough of each chart for a stack: what runs, and the custom resources that are waited for.
    private const string Helm = """
        workload() { printf -- '---\napiVersion: %s\nkind: %s\nmetadata:\n  name: %s\nspec:\n  replicas: 1\n' "$1" "$2" "$3"; }
        case $1 in
          version) echo v4.1.4 ;;
          get) cat "${0%/*}/release-$3" ;;
          template)
            case $2 in
              strimzi) workload apps/v1 Deployment strimzi-cluster-operator; workload apiextensions.k8s.io/v1 CustomResourceDefinition kafkas.kafka.strimzi.io ;;
              prometheus)
                workload apps/v1 Deployment prometheus-kube-prometheus-operator
                workload apps/v1 Deployment prometheus-grafana
                workload monitoring.coreos.com/v1 Prometheus prometheus-kube-prometheus-prometheus
                workload monitoring.coreos.com/v1 Alertmanager prometheus-kube-prometheus-alertmanager ;;
              loki) workload apps/v1 StatefulSet loki-write; workload v1 Service loki-gateway ;;
              alloy) workload apps/v1 StatefulSet alloy ;;
              services) workload apps/v1 Deployment log-generator-deployment; workload apps/v1 Deployment forwarder-deployment ;;
            esac ;;
        esac
        """;

    private const string Kubectl = """
        case $* in
          *'version --client'*) echo v1.35.2 ;;
          kustomize*) find -L "$2" -name '*.yaml' ! -name kustomization.yaml | sort | while read -r file; do echo ---; cat "$file"; done ;;
          'create configmap'*) printf -- 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\n' "$3" ;;
          'label --local'* | 'annotate --local'*) cat ;;
          *' get secret '*'password}') echo cGFzc3dvcmQ= ;;
          *' get secret '*'ca\.crt}') echo LS0t ;;
          *'get storageclass'*) echo true ;;
          *'get configmap observability-stack'*) cat "${0%/*}/recorded" 2>/dev/null || true ;;
          *'range .items[*]}found'*)
            while IFS=$'\t' read -r _ version kind namespace name; do
              case $* in *" get $kind.${version%%/*} "*) ;; *) continue ;; esac
              printf 'found\t%s\t%s\t%s\t1\t1\tReady=True Available=True\n' "$kind.${version%%/*}" "$namespace" "$name"
            done <"${0%/*}/${OBJECTS:-manifests/objects.txt}" ;;
          *'{.metadata.labels.observability/stack}'*) grep "^$4	" "${0%/*}/there" 2>/dev/null || true ;;
          *) cat >/dev/null ;;
        esac
        """;

    public StubbedCluster()
    {
        Path.Add("docker", "case $* in *CgroupVersion*) echo 2 ;; *) echo 28.0.1 ;; esac");
        Path.Add("k3d", "case $1 in version) echo 'k3d version v5.9.0' ;; esac");
        Path.Add("dotnet", "case $1 in --version) echo 10.0.100 ;; esac");
        Path.Add("helm", Helm);
        On("");
        foreach (var row in Repository.Read("deploy/charts.tsv").Split('\n').Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('\t')))
        {
            var chart = Directory.CreateDirectory(System.IO.Path.Combine(Charts, row[3].Split('/')[^1]));
            File.WriteAllText(System.IO.Path.Combine(chart.FullName, "Chart.yaml"), $"version: {row[2]}\n");
        }
    }

    public PathOfStubs Path { get; } = new();

    /// <summary>What the tools were called with.</summary>
    public string Calls => Path.Calls;

    /// <summary>Where <see cref="UpAsync"/> has the manifests rendered to.</summary>
    public string ManifestsFolder => Path.PathOf("manifests");

    private string Charts => Path.PathOf("charts");

    /// <summary>What kubectl answers in another way: cases of a shell's <c>case $* in</c>, each of which ends with <c>exit</c>.</summary>
    public void On(string cases) => Path.Add("kubectl", $"case $* in\n{cases}\nesac\n{Kubectl}");

    /// <summary>The objects that an earlier run has recorded: folder, API version, kind, namespace, name.</summary>
    public void Recorded(params string[] objects) => Path.Write("recorded", Lines(objects));

    /// <summary>What is in the cluster: kind as kubectl takes it, namespace, name, stack.</summary>
    public void There(params string[] objects) => Path.Write("there", Lines(objects));

    /// <summary>kubectl itself, with the cluster of the file "kubeconfig" beside the stand-ins, and nothing of this machine's
    /// own.</summary>
    public void UseRealKubectl()
    {
        var kubectl = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator)
            .Select(folder => System.IO.Path.Combine(folder, "kubectl")).First(File.Exists);
        Path.Add("kubectl",
            $"KUBECONFIG=\"${{0%/*}}/kubeconfig\" KUBECACHEDIR=\"${{0%/*}}/cache\" HOME=\"${{0%/*}}\" exec {kubectl} \"$@\"");
    }

    public Task<ToolResult> UpAsync(params string[] arguments) =>
        RunAsync("deploy/up",
            ["--output", ManifestsFolder, "--charts", Charts, "--chart", Rendering.RenderedStack.ServicesChart, .. arguments]);

    public Task<ToolResult> RunAsync(string script, params string[] arguments) => Tool.RunAsync(script, arguments, Path.Environment);

    /// <summary>Asserts that these were called in this order.</summary>
    public void AssertOrder(params string[] calls)
    {
        var place = 0;
        foreach (var call in calls)
        {
            var next = Calls.IndexOf(call, place, StringComparison.Ordinal);
            Assert.True(next >= 0, $"'{call}' was not called{(place > 0 ? " after the others" : "")}:\n{Calls}");
            place = next;
        }
    }

    /// <summary>Asserts that nothing was changed in the cluster, and no image pushed.</summary>
    public void AssertNothingChanged() =>
        Assert.DoesNotContain(
            Calls.Split('\n'),
            call => !call.Contains("--dry-run", StringComparison.Ordinal) && !call.Contains("--local", StringComparison.Ordinal)
                && (call.Contains("PublishContainer", StringComparison.Ordinal)
                    || (call.StartsWith("kubectl --context", StringComparison.Ordinal)
                        && ((string[])[" apply ", " create ", " delete ", " label ", " annotate ", " patch ", " rollout restart "]).Any(
                            verb => call.Contains(verb, StringComparison.Ordinal)))));

    public void Dispose() => Path.Dispose();

    private static string Lines(string[] objects) => string.Concat(objects.Select(line => line.Replace(' ', '\t') + "\n"));
}
