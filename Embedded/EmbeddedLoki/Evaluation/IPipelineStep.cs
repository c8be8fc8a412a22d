namespace Observability.Embedded.EmbeddedLoki.Evaluation;

/// <summary>One step of a pipeline.</summary>
internal interface IPipelineStep
{
    /// <summary>The labels that the step needs of the parsers before it.</summary>
    IEnumerable<string> Labels => [];

    /// <returns>False when the line is not wanted.</returns>
    bool Process(Line line);
}
