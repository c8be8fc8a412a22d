namespace Observability.AppHost.Commands;

/// <summary>When commands can be run.</summary>
internal static class CommandStates
{
    /// <summary>While the resource runs, healthy or not.</summary>
    public static ResourceCommandState WhileRunning(UpdateCommandStateContext context) =>
        context.ResourceSnapshot.State?.Text == KnownResourceStates.Running
            ? ResourceCommandState.Enabled
            : ResourceCommandState.Disabled;
}
