namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>A stage ready to run. Steps keep no state: one instance serves all streams of a query.</summary>
internal interface IPipelineStep
{
    /// <returns>False when the line is filtered out.</returns>
    bool Process(Line line);
}
