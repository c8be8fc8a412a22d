using System.Text.Json;
using Observability.Embedded.EmbeddedLoki.Evaluation;
using Observability.Embedded.EmbeddedLoki.Labels;
using Observability.Embedded.EmbeddedLoki.LogQl.Ast;

namespace Observability.Embedded.EmbeddedLoki.Http;

/// <summary>The result of a metric query: a scalar, a vector or a matrix.</summary>
internal static class MetricResponse
{
    public static string TypeOf(MetricValue value, bool instant) => !instant ? "matrix" : value.Scalar is null ? "vector" : "scalar";

    public static void Write(Utf8JsonWriter writer, MetricValue value, MetricExpression expression, StepRange steps, bool instant)
    {
        if (value.Scalar is { } scalar)
            WriteScalar(writer, scalar, steps, instant);
        else if (instant)
            WriteVector(writer, value, IsSorted(expression), steps);
        else
            WriteMatrix(writer, value, steps);
    }

    private static void WriteScalar(Utf8JsonWriter writer, double scalar, StepRange steps, bool instant)
    {
        if (instant)
        {
            ResponseWriter.Point(writer, Milliseconds(steps.Start), scalar);
            return;
        }

        var series = new Series(LabelSet.Empty, steps.Count);
        for (var i = 0; i < steps.Count; i++)
            series.Set(i, scalar);
        WriteMatrix(writer, MetricValue.Of([series]), steps);
    }

    private static void WriteVector(Utf8JsonWriter writer, MetricValue value, bool isSorted, StepRange steps)
    {
        IEnumerable<Series> ordered = isSorted ? value.Series : value.Series.OrderBy(s => s.Labels);
        writer.WriteStartArray();
        foreach (var series in ordered)
        {
            writer.WriteStartObject();
            ResponseWriter.Labels(writer, "metric", series.Labels.Pairs);
            writer.WritePropertyName("value"u8);
            ResponseWriter.Point(writer, Milliseconds(steps.Start), series.Values[0]);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteMatrix(Utf8JsonWriter writer, MetricValue value, StepRange steps)
    {
        writer.WriteStartArray();
        foreach (var series in value.Series.OrderBy(s => s.Labels))
        {
            writer.WriteStartObject();
            ResponseWriter.Labels(writer, "metric", series.Labels.Pairs);
            writer.WriteStartArray("values"u8);
            for (var i = 0; i < steps.Count; i++)
            {
                if (series.Present[i])
                    ResponseWriter.Point(writer, Milliseconds(steps.At(i)), series.Values[i]);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>
    /// With a sort anywhere in the query a vector stays as the evaluation left it (pkg/logql/evaluator.go, Sortable); else it is in the
    /// order of the labels.
    /// </summary>
    private static bool IsSorted(MetricExpression expression) => expression switch
    {
        VectorAggregation { Function: "sort" or "sort_desc" } => true,
        VectorAggregation aggregation => IsSorted(aggregation.Operand),
        LabelReplace replace => IsSorted(replace.Operand),
        BinaryOperation operation => IsSorted(operation.Left) || IsSorted(operation.Right),
        _ => false,
    };

    private static long Milliseconds(long nanoseconds) => nanoseconds / 1_000_000;
}
