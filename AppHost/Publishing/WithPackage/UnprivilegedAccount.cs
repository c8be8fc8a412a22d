using Aspire.Hosting.Kubernetes.Resources;
using k8s.Models;

namespace Observability.AppHost.Publishing;

/// <summary>A service account, which Aspire has no type for.</summary>
internal sealed class UnprivilegedAccount : BaseKubernetesResource
{
    /// <summary>Makes an account of the one that KubernetesClient has a type for.</summary>
    public UnprivilegedAccount(V1ServiceAccount account)
        : base(account.ApiVersion, account.Kind)
    {
        Metadata.Name = account.Metadata.Name;
        AutomountServiceAccountToken = account.AutomountServiceAccountToken is true;
    }

    /// <summary>Whether a pod gets the account's token.</summary>
    public bool AutomountServiceAccountToken { get; }
}
