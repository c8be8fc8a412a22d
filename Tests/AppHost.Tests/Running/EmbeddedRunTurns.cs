namespace Observability.AppHost.Tests.Running;

/// <summary>Tests of one stack without containers: it is started once, and they take turns.</summary>
[CollectionDefinition(Name)]
public sealed class EmbeddedRunTurns : ICollectionFixture<EmbeddedRun>
{
    /// <summary>Its name.</summary>
    public const string Name = "the stack without containers";
}
