using Observability.Embedded.EmbeddedLoki.Labels;

namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>
/// The label <c>service_name</c> that the distributor adds to a stream without one (pkg/loghttp/push, discover_service_name).
/// </summary>
internal static class ServiceNameLabel
{
    public const string Label = "service_name";
    public const string Unknown = "unknown_service";

    /// <summary>The labels to take it from, in order of preference: Loki's default.</summary>
    public static readonly string[] Sources =
    [
        "service", "app", "application", "app_name", "name", "app_kubernetes_io_name", "container", "container_name",
        "k8s_container_name", "component", "workload", "job", "k8s_job_name",
    ];

    public static LabelSet AddTo(LabelSet labels)
    {
        if (labels.Has(Label))
            return labels;
        var source = Sources.Select(labels.Get).FirstOrDefault(value => value.Length > 0);
        return labels.With(Label, source ?? Unknown);
    }
}
