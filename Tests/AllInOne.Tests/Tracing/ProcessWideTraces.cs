namespace Observability.AllInOne.Tests.Tracing;

/// <summary>Tests that listen to spans: whoever listens hears the whole process, so other hosts must be still meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessWideTraces
{
    public const string Name = "Traces of the whole process";
}
