namespace Observability.AllInOne.Tests.Page;

/// <summary>One program and one browser for all tests of the page.</summary>
[CollectionDefinition(nameof(PageGroup))]
public sealed class PageGroup : ICollectionFixture<RunningPage>;
