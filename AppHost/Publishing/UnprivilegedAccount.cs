using Aspire.Hosting.Kubernetes.Resources;

namespace Observability.AppHost.Publishing;

/// <summary>A service account that is bound to no role, and whose token is in no pod.</summary>
internal sealed class UnprivilegedAccount : BaseKubernetesResource
{
    /// <summary>Makes an account.</summary>
    /// <param name="name">The account's name.</param>
    public UnprivilegedAccount(string name)
        : base("v1", "ServiceAccount")
    {
        Metadata.Name = name;
        AutomountServiceAccountToken = false;
    }

    /// <summary>Whether a pod gets the account's token.</summary>
    public bool AutomountServiceAccountToken { get; }
}
