namespace Observability.LogGenerator.Tests.Support;

/// <summary>
/// Tests that read <c>/metrics</c>: a meter provider listens to a meter's name in the whole process, so other hosts must be still
/// meanwhile.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessWideMetrics
{
    public const string Name = "Metrics of the whole process";
}
