namespace Observability.Deploy.Tests.Scripts;

/// <summary>deploy/up for good, with stand-ins for the tools.</summary>
public sealed class UpTests : IDisposable
{
    private static readonly string[] OnACluster = ["--context", "production", "--registry", "registry.example.com"];

    private readonly StubbedCluster _cluster = new();

    [Fact]
    public async Task A_second_run_keeps_the_cluster_and_the_passwords()
    {
        var result = await _cluster.UpAsync();

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.DoesNotContain("k3d cluster create", _cluster.Calls, StringComparison.Ordinal);
        Assert.DoesNotContain("create secret", _cluster.Calls, StringComparison.Ordinal);
        Assert.Contains("http://grafana.local:30080", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_run_makes_passwords_that_no_argument_shows()
    {
        _cluster.On("""
            *'get secret/'*) exit 1 ;;
            *'create secret'*) cat >>"${0%/*}/passwords"; exit ;;
            """);
        var result = await _cluster.UpAsync();

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains(
            "--namespace monitoring create secret generic prometheus-grafana --from-literal=admin-user=admin "
                + "--from-file=admin-password=/dev/stdin", _cluster.Calls, StringComparison.Ordinal);
        Assert.Contains(
            "create secret generic object-store --from-literal=AWS_ACCESS_KEY_ID=loki --from-file=AWS_SECRET_ACCESS_KEY=/dev/stdin",
            _cluster.Calls, StringComparison.Ordinal);

        // 24 random bytes each, in base64.
        var passwords = _cluster.Path.Read("passwords").Chunk(32).Select(characters => new string(characters)).ToList();
        Assert.Equal(2, passwords.Distinct().Count());
        Assert.All(passwords, password => Assert.Equal(24, Convert.FromBase64String(password).Length));
        Assert.All(passwords,
            password => Assert.DoesNotContain(password, _cluster.Calls + result.Output + result.Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Grafana_keeps_the_password_that_an_earlier_version_made_under_another_name()
    {
        _cluster.On(
            "*'get secret/prometheus-grafana'*) exit 1 ;;\n*'get secret grafana-admin'*) echo OLD; exit ;;\n*'create --filename -'*) cat "
                + ">\"${0%/*}/copied\"; exit ;;");
        await _cluster.UpAsync();

        Assert.Equal("OLD\n", _cluster.Path.Read("copied"));
    }

    [Fact]
    public async Task A_cluster_made_for_another_ingress_controller_is_left_alone()
    {
        _cluster.On("*'get helmchart'*) echo helmchart.helm.cattle.io/traefik-crd; echo helmchart.helm.cattle.io/traefik; exit ;;");
        var result = await _cluster.UpAsync();

        Assert.True(result.ExitCode == 1, result.Error);
        Assert.Contains("the cluster was made for --ingress traefik; to change to nginx run deploy/down first", result.Error,
            StringComparison.Ordinal);
        _cluster.AssertNothingChanged();
    }

    [Fact]
    public async Task A_stopped_cluster_is_started_before_it_is_asked_which_controller_it_was_made_for()
    {
        // Asked while it was stopped, a Traefik cluster was taken for one of nginx.
        await _cluster.UpAsync();

        _cluster.AssertOrder("k3d cluster start", "get helmchart");
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_is_not_taken_for_one_of_another_controller()
    {
        _cluster.On("*'get helmchart'*) exit 1 ;;");
        var result = await _cluster.UpAsync("--ingress", "traefik");

        Assert.True(result.ExitCode == 1, result.Error);
        Assert.Contains("does not answer", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("deploy/down", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_context_in_which_no_cluster_answers_is_named()
    {
        _cluster.On("*' version') exit 1 ;;");
        var result = await _cluster.UpAsync(OnACluster);

        Assert.True(result.ExitCode == 1, result.Error);
        Assert.Contains("deploy/up: no cluster answers in the kubectl context production", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_become_healthy_ends_the_run_with_what_the_cluster_says_of_it()
    {
        // A quota, a refusal by PodSecurity, no storage class: each ended as "context deadline exceeded".
        _cluster.On("""
            *'rollout status Deployment.apps/strimzi'*) echo 'error: timed out waiting for the condition' >&2; exit 1 ;;
            *'get events'*) echo '  ReplicaSet/strimzi: FailedCreate: exceeded quota: compute'; exit ;;
            """);
        var result = await _cluster.UpAsync();

        Assert.True(result.ExitCode == 1, result.Error);
        Assert.Contains("exceeded quota: compute", result.Error, StringComparison.Ordinal);
        Assert.Contains("Deployment.apps kafka/strimzi-cluster-operator is not ready after 10m", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("20-stores\n", _cluster.Calls, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Prometheus", "prometheus-kube-prometheus-prometheus")]
    [InlineData("Alertmanager", "prometheus-kube-prometheus-alertmanager")]
    public async Task What_an_operator_makes_is_waited_for_by_name(string kind, string name)
    {
        // Its operator not working, there was no Prometheus at all, and "All is healthy".
        _cluster.On($"*'wait {kind}.monitoring.coreos.com/{name} --for=condition=Available'*) exit 1 ;;");
        var result = await _cluster.UpAsync();

        Assert.True(result.ExitCode == 1, result.Error);
        Assert.Contains($"{kind}.monitoring.coreos.com monitoring/{name} is not ready", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("All is healthy", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_healthy_of_which_the_cluster_knows_nothing_at_the_end()
    {
        _cluster.On("*'get Prometheus.monitoring.coreos.com --all-namespaces'*) exit ;;");
        var result = await _cluster.UpAsync();

        Assert.True(result.ExitCode == 1, result.Error);
        Assert.Contains("Prometheus monitoring/prometheus-kube-prometheus-prometheus is not there", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_that_a_person_has_set_by_hand_do_not_stop_it()
    {
        // Helm 4 ended with "conflict with kubectl" after a kubectl scale; helm 3 undid it in silence.
        await _cluster.UpAsync();

        var applied = _cluster.Calls.Split('\n').Where(call => call.Contains(" apply ", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(applied);
        Assert.All(applied, call => Assert.Contains("apply --server-side --force-conflicts ", call, StringComparison.Ordinal));
        Assert.DoesNotContain("helm upgrade", _cluster.Calls, StringComparison.Ordinal);
        Assert.DoesNotContain("helm install", _cluster.Calls, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_a_shared_cluster_nothing_is_touched_where_a_name_is_somebody_elses()
    {
        _cluster.There(
            "Deployment.apps observability-monitoring prometheus-grafana ",
            "Namespace - observability ",
            "StatefulSet.apps elsewhere loki-write ");
        var result = await _cluster.UpAsync(OnACluster);

        Assert.True(result.ExitCode == 1, result.Error);
        Assert.Contains("nothing was changed, since:\nThese are in the cluster, and this stack did not make them:\n", result.Error,
            StringComparison.Ordinal);
        Assert.Contains("  Deployment.apps observability-monitoring/prometheus-grafana\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("  Namespace observability\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("kubectl --context production label namespace NAME observability/stack=observability", result.Error,
            StringComparison.Ordinal);
        Assert.DoesNotContain("elsewhere", result.Error, StringComparison.Ordinal);
        _cluster.AssertNothingChanged();
    }

    [Fact]
    public async Task What_another_stack_of_the_same_kind_has_made_is_its_own()
    {
        _cluster.There("Deployment.apps observability alloy other", "StatefulSet.apps observability alloy other");
        var result = await _cluster.UpAsync(OnACluster);

        Assert.Contains("StatefulSet.apps observability/alloy (of the stack other)", result.Error, StringComparison.Ordinal);
        _cluster.AssertNothingChanged();
    }

    [Fact]
    public async Task What_this_stack_has_made_is_applied_again()
    {
        _cluster.There("Namespace - observability observability", "StatefulSet.apps observability alloy observability");
        var result = await _cluster.UpAsync(OnACluster);

        Assert.True(result.ExitCode == 0, result.Error);
    }

    [Fact]
    public async Task A_namespace_is_made_where_there_is_none_and_labelled_never_applied()
    {
        // An apply took away the labels and annotations that others had put on it.
        _cluster.On("*'get namespace observability-kafka') exit 1 ;;");
        var result = await _cluster.UpAsync(OnACluster);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("create namespace observability-kafka\n", _cluster.Calls, StringComparison.Ordinal);
        Assert.DoesNotContain("create namespace observability-monitoring", _cluster.Calls, StringComparison.Ordinal);
        Assert.Contains(
            "label namespace observability-kafka --overwrite observability/stack=observability "
                + "pod-security.kubernetes.io/enforce=restricted\n", _cluster.Calls, StringComparison.Ordinal);
        Assert.DoesNotContain("namespaces.yaml", _cluster.Calls, StringComparison.Ordinal);
        Assert.DoesNotContain("apply --server-side --force-conflicts --kustomize " + Path.Combine(_cluster.ManifestsFolder, "00-crds"),
            _cluster.Calls, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_makes_no_more_is_removed_but_nothing_that_holds_data()
    {
        _cluster.Recorded(
            "20-stores apps/v1 StatefulSet monitoring loki-backend",
            "20-stores apps/v1 StatefulSet monitoring loki-write",
            "20-stores kafka.strimzi.io/v1 KafkaTopic kafka orders",
            "40-monitoring v1 PersistentVolumeClaim monitoring prometheus-grafana",
            "00-crds v1 Namespace - ingress-nginx",
            "10-operators rbac.authorization.k8s.io/v1 ClusterRole - old-role");
        var result = await _cluster.UpAsync();

        Assert.True(result.ExitCode == 0, result.Error);
        var deleted = _cluster.Calls.Split('\n').Where(
            call => call.Contains(" delete ", StringComparison.Ordinal) && !call.Contains("delete secret", StringComparison.Ordinal));
        Assert.Equal(
            [
                "kubectl --context k3d-alloy-kafka-dev --namespace monitoring delete StatefulSet.apps loki-backend --ignore-not-found",
                "kubectl --context k3d-alloy-kafka-dev delete ClusterRole.rbac.authorization.k8s.io old-role --ignore-not-found",
            ],
            deleted);
    }

    [Fact]
    public async Task A_release_that_a_killed_helm_has_left_pending_does_not_stop_it()
    {
        // Every later run ended with "another operation (install/upgrade/rollback) is in progress".
        _cluster.On(
            "*'get secret --selector owner=helm,name=loki'*) echo secret/sh.helm.release.v1.loki.v1; exit ;;\n*'get secret --selector "
                + "owner=helm'*) exit ;;");
        _cluster.Path.Write("release-loki", "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: loki-read\n");
        var result = await _cluster.UpAsync();

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("--namespace monitoring delete secret --selector owner=helm,name=loki", _cluster.Calls, StringComparison.Ordinal);
        Assert.Contains("--namespace monitoring delete StatefulSet.apps loki-read --ignore-not-found", _cluster.Calls,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_the_cluster_would_refuse_is_told_before_anything_is_touched()
    {
        // From the laptop's values to the real cluster's it stopped half-way, with Kafka changed and its clients not.
        _cluster.Recorded("20-stores apps/v1 StatefulSet observability-monitoring loki-write");
        _cluster.On("""
            *'--dry-run=server'*20-stores) echo 'The StatefulSet "loki-write" is invalid: spec: Forbidden: updates to statefulset spec for fields other than' >&2; exit 1 ;;
            """);
        var result = await _cluster.UpAsync(OnACluster);

        Assert.True(result.ExitCode == 1, result.Error);
        Assert.Contains("the cluster would refuse a change of 20-stores:\nThe StatefulSet \"loki-write\" is invalid", result.Error,
            StringComparison.Ordinal);
        Assert.Contains("\"Larger volumes\"", result.Error, StringComparison.Ordinal);
        _cluster.AssertNothingChanged();
    }

    [Fact]
    public async Task A_cluster_without_a_default_storage_class_is_told_about_before_anything_is_touched()
    {
        _cluster.On("*'get storageclass'*) echo; exit ;;");
        var result = await _cluster.UpAsync(OnACluster);

        Assert.True(result.ExitCode == 1, result.Error);
        Assert.Contains("the cluster has no default storage class", result.Error, StringComparison.Ordinal);
        _cluster.AssertNothingChanged();
    }

    [Fact]
    public async Task A_real_cluster_needs_somebody_who_is_told_of_alerts_and_the_keys_of_its_bucket()
    {
        string[] arguments = [.. OnACluster, "--values", "real-cluster", "--values", "Tests/Deploy.Tests/Rendering/OwnValues"];
        _cluster.On("*'get secret/'*) exit 1 ;;");
        var result = await _cluster.UpAsync(arguments);

        Assert.True(result.ExitCode == 1, result.Error);
        Assert.Contains("there is no Secret object-store in namespace observability-monitoring", result.Error, StringComparison.Ordinal);
        Assert.Contains("there is no Secret alert-receivers in namespace observability-monitoring", result.Error, StringComparison.Ordinal);
        _cluster.AssertNothingChanged();

        result = await _cluster.UpAsync([.. arguments, "--no-alerts", "--no-bucket-secret"]);
        Assert.True(result.ExitCode == 0, result.Error);
    }

    [Fact]
    public async Task A_left_out_operator_must_be_there()
    {
        _cluster.On("*'get customresourcedefinition/'*) exit 1 ;;");
        var result = await _cluster.UpAsync([.. OnACluster, "--without", "strimzi,prometheus=http://prometheus.example:9090"]);

        Assert.True(result.ExitCode == 1, result.Error);
        Assert.Contains("--without strimzi: the cluster has no Strimzi", result.Error, StringComparison.Ordinal);
        Assert.Contains("--without prometheus: the cluster has no Prometheus operator", result.Error, StringComparison.Ordinal);
        _cluster.AssertNothingChanged();
    }

    [Fact]
    public async Task The_difference_alone_changes_nothing()
    {
        _cluster.Recorded("20-stores apps/v1 StatefulSet monitoring loki-backend");
        var result = await _cluster.UpAsync("--diff");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("  removes  StatefulSet.apps monitoring/loki-backend\n", result.Output, StringComparison.Ordinal);
        _cluster.AssertNothingChanged();
        Assert.DoesNotContain("k3d cluster start", _cluster.Calls, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_of_Kafka_is_started_anew_when_its_credentials_have_changed()
    {
        // Strimzi renews its certificate authority; the copy in the client's namespace ended in silence.
        _cluster.On("""
            *'get secret forwarder-kafka --ignore-not-found'*) echo '{"SslCaPem":"old"}'; exit ;;
            *'get secret forwarder-kafka '*) echo '{"SslCaPem":"new"}'; exit ;;
            *'get Deployment.apps forwarder-deployment'*) echo '                name: forwarder-kafka'; exit ;;
            """);
        var result = await _cluster.UpAsync("--kafka-auth");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("rollout restart Deployment.apps/forwarder-deployment", _cluster.Calls, StringComparison.Ordinal);
        Assert.DoesNotContain("rollout restart Deployment.apps/log-generator-deployment", _cluster.Calls, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("amd64\\n", "--os linux --arch x64")]
    [InlineData("arm64\\narm64\\n", "--os linux --arch arm64")]
    [InlineData("arm64\\namd64\\n", "-p:ContainerRuntimeIdentifiers=\"linux-x64;linux-arm64\"")]
    public async Task The_images_are_for_the_processors_of_the_nodes(string architectures, string option)
    {
        _cluster.On($"*'get nodes'*) printf '{architectures}'; exit ;;");
        await _cluster.UpAsync();

        Assert.Contains($"dotnet publish Forwarder --configuration Release", _cluster.Calls, StringComparison.Ordinal);
        Assert.Contains(option, _cluster.Calls, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kafka_comes_back_as_the_one_whose_volumes_are_there()
    {
        _cluster.On(
            "*'get kafka/kafka') exit 1 ;;\n*'get persistentvolumeclaim'*) echo '5L6g3nShT-eMCtK--X86sw 5L6g3nShT-eMCtK--X86sw'; exit ;;");
        var result = await _cluster.UpAsync();

        Assert.True(result.ExitCode == 0, result.Error);
        _cluster.AssertOrder(
            "patch kafka kafka --subresource=status --type=merge --patch {\"status\":{\"clusterId\":\"5L6g3nShT-eMCtK--X86sw\"}}",
            "apply --server-side --force-conflicts --kustomize " + Path.Combine(_cluster.ManifestsFolder, "10-operators"));
    }

    public void Dispose() => _cluster.Dispose();
}
