namespace Observability.Deploy.Tests.Cluster;

/// <summary>A kind of object that the API server of the tests knows.</summary>
/// <param name="Group">Its API group; empty for the core's.</param>
/// <param name="Version">The group's version.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Plural">What it is called in paths.</param>
/// <param name="Namespaced">Whether an object of it is in a namespace.</param>
internal sealed record ApiResource(string Group, string Version, string Kind, string Plural, bool Namespaced)
{
    /// <summary>Every kind that the stack has, and those that kubectl asks about on the way.</summary>
    public static IReadOnlyList<ApiResource> All { get; } =
    [
        new("", "v1", "Namespace", "namespaces", false),
        new("", "v1", "Node", "nodes", false),
        new("", "v1", "Pod", "pods", true),
        new("", "v1", "Event", "events", true),
        new("", "v1", "Service", "services", true),
        new("", "v1", "ServiceAccount", "serviceaccounts", true),
        new("", "v1", "ConfigMap", "configmaps", true),
        new("", "v1", "Secret", "secrets", true),
        new("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", true),
        new("apps", "v1", "Deployment", "deployments", true),
        new("apps", "v1", "StatefulSet", "statefulsets", true),
        new("apps", "v1", "DaemonSet", "daemonsets", true),
        new("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", true),
        new("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", true),
        new("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", true),
        new("networking.k8s.io", "v1", "Ingress", "ingresses", true),
        new("networking.k8s.io", "v1", "IngressClass", "ingressclasses", false),
        new("storage.k8s.io", "v1", "StorageClass", "storageclasses", false),
        new("rbac.authorization.k8s.io", "v1", "Role", "roles", true),
        new("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", true),
        new("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", false),
        new("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", false),
        new("apiregistration.k8s.io", "v1", "APIService", "apiservices", false),
        new("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", false),
        new("monitoring.coreos.com", "v1", "Prometheus", "prometheuses", true),
        new("monitoring.coreos.com", "v1", "Alertmanager", "alertmanagers", true),
        new("monitoring.coreos.com", "v1", "ServiceMonitor", "servicemonitors", true),
        new("monitoring.coreos.com", "v1", "PodMonitor", "podmonitors", true),
        new("monitoring.coreos.com", "v1", "PrometheusRule", "prometheusrules", true),
        new("kafka.strimzi.io", "v1", "Kafka", "kafkas", true),
        new("kafka.strimzi.io", "v1", "KafkaNodePool", "kafkanodepools", true),
        new("kafka.strimzi.io", "v1", "KafkaTopic", "kafkatopics", true),
        new("kafka.strimzi.io", "v1", "KafkaUser", "kafkausers", true),
    ];

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    public string Path => Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";
}
