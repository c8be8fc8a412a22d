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
            WriteVector(writer, value, SortOf(expression), steps);
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

    private static void WriteVector(Utf8JsonWriter writer, MetricValue value, string sort, StepRange steps)
    {
        var byLabels = value.Series.OrderBy(s => s.Labels);
        var ordered = sort switch
        {
            "sort" => value.Series.OrderBy(s => s.Values[0]),
            "sort_desc" => value.Series.OrderByDescending(s => s.Values[0]),
            _ => byLabels,
        };
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

    /// <summary>A sort anywhere around the query decides the order of a vector; without one it is that of the labels.</summary>
    private static string SortOf(MetricExpression expression) => expression switch
    {
        VectorAggregation { Function: "sort" or "sort_desc" } sort => sort.Function,
        VectorAggregation aggregation => SortOf(aggregation.Operand),
        _ => "",
    };

    private static long Milliseconds(long nanoseconds) => nanoseconds / 1_000_000;
}
