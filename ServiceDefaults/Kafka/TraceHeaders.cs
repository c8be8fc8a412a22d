using System.Diagnostics;
using System.Text;
using Confluent.Kafka;

namespace Observability.ServiceDefaults.Kafka;

/// <summary>The trace that a Kafka record belongs to, in its headers as W3C Trace Context writes it.</summary>
public static class TraceHeaders
{
    /// <summary>The header with version, trace, parent span and flags.</summary>
    public const string Parent = "traceparent";

    /// <summary>The header with what vendors add; absent for nothing.</summary>
    public const string State = "tracestate";

    /// <summary>The headers of a record that a span sends.</summary>
    /// <param name="span">The span.</param>
    public static Headers Of(Activity span)
    {
        ArgumentNullException.ThrowIfNull(span);

        var headers = new Headers { { Parent, Encoding.ASCII.GetBytes(span.Id!) } };
        if (!string.IsNullOrEmpty(span.TraceStateString))
            headers.Add(State, Encoding.ASCII.GetBytes(span.TraceStateString));
        return headers;
    }

    /// <summary>Finds the trace in a record's headers.</summary>
    /// <param name="headers">The headers.</param>
    /// <param name="context">The span that sent the record.</param>
    /// <returns>Whether there is one, and its sender has sampled it.</returns>
    public static bool TryReadSampled(IReadOnlyList<KeyValuePair<string, byte[]?>> headers, out ActivityContext context)
    {
        ArgumentNullException.ThrowIfNull(headers);

        string? parent = null, state = null;
        foreach (var (name, value) in headers)
        {
            if (value is null)
                continue;
            if (name == Parent)
                parent = Encoding.ASCII.GetString(value);
            else if (name == State)
                state = Encoding.ASCII.GetString(value);
        }

        context = default;
        return parent is not null && ActivityContext.TryParse(parent, state, isRemote: true, out context)
            && context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);
    }
}
