using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Text;

namespace Observability.LogGenerator.Lines;

/// <summary>Writes the parts of a line as UTF-8, without an allocation. Texts given here need no JSON escape.</summary>
internal static class Utf8LineExtensions
{
    // 2025-09-14T13:45:00.1234567Z
    private const int RoundTripLength = 28;

    private const int MillisecondsEnd = 23;

    extension(IBufferWriter<byte> output)
    {
        /// <summary>Opens a JSON object with <c>timestamp</c>, <c>level</c>, <c>service</c> and <c>message</c>, in this order.</summary>
        public void BeginJson(in LineContext context, LineSeverity severity, ServiceName service, ReadOnlySpan<byte> message)
        {
            output.BeginJson(context, severity, service);
            output.Field("message"u8, message);
        }

        /// <summary>Opens a JSON object with <c>timestamp</c>, <c>level</c> and <c>service</c>, in this order.</summary>
        public void BeginJson(in LineContext context, LineSeverity severity, ServiceName service)
        {
            output.Write("{\"timestamp\":\""u8);
            output.Timestamp(context.Timestamp);
            output.Write("\""u8);
            output.Field("level"u8, severity.UpperCase());
            output.Field("service"u8, service.Utf8);
        }

        public void EndJson() => output.Write("}"u8);

        public void Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        {
            output.BeginText(name);
            output.Write(value);
            output.EndText();
        }

        public void Field(ReadOnlySpan<byte> name, long value)
        {
            output.FieldName(name);
            output.Number(value);
        }

        public void Field(ReadOnlySpan<byte> name, double value)
        {
            output.FieldName(name);
            output.Number(value);
        }

        /// <summary>Writes a field whose value is a prefix and a number, such as <c>req-12345</c>.</summary>
        public void Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix, long number)
        {
            output.BeginText(name);
            output.Write(prefix);
            output.Number(number);
            output.EndText();
        }

        /// <summary>
        /// Writes <c>trace_id</c> and <c>span_id</c> as W3C Trace Context has them: those of the line's trace, and of a line that has none
        /// random ones.
        /// </summary>
        public void TraceFields(in LineContext context)
        {
            // Drawn in any case, so that a run can be repeated whichever of its lines were traced.
            var (first, second, span) = (context.Random.NextUInt64(), context.Random.NextUInt64(), context.Random.NextUInt64());
            output.BeginText("trace_id"u8);
            if (context.Trace is { } trace)
            {
                output.Ascii(trace.TraceId.ToHexString());
                output.EndText();
                output.BeginText("span_id"u8);
                output.Ascii(trace.SpanId.ToHexString());
                output.EndText();
                return;
            }

            output.Hex(first);
            output.Hex(second);
            output.EndText();
            output.BeginText("span_id"u8);
            output.Hex(span);
            output.EndText();
        }

        private void Ascii(string text) => output.Advance(Encoding.ASCII.GetBytes(text, output.GetSpan(text.Length)));

        public void BeginText(ReadOnlySpan<byte> name)
        {
            output.FieldName(name);
            output.Write("\""u8);
        }

        public void EndText() => output.Write("\""u8);

        public void FieldName(ReadOnlySpan<byte> name)
        {
            output.Write(",\""u8);
            output.Write(name);
            output.Write("\":"u8);
        }

        public void Number(long value)
        {
            var fits = Utf8Formatter.TryFormat(value, output.GetSpan(20), out var written);
            Debug.Assert(fits);
            output.Advance(written);
        }

        /// <summary>Writes a number with two digits after the point.</summary>
        public void Number(double value)
        {
            var fits = Utf8Formatter.TryFormat(value, output.GetSpan(64), out var written, new StandardFormat('F', 2));
            Debug.Assert(fits);
            output.Advance(written);
        }

        /// <summary>Writes 16 hexadecimal digits.</summary>
        public void Hex(ulong value)
        {
            var fits = Utf8Formatter.TryFormat(value, output.GetSpan(16), out var written, new StandardFormat('x', 16));
            Debug.Assert(fits);
            output.Advance(written);
        }

        /// <summary>Writes a time as ISO 8601 in UTC, to the millisecond.</summary>
        public void Timestamp(DateTime utc)
        {
            var span = output.GetSpan(RoundTripLength);
            FormatRoundTrip(utc, span);
            span[MillisecondsEnd] = (byte)'Z';
            output.Advance(MillisecondsEnd + 1);
        }

        /// <summary>Writes a time as ISO 8601 in UTC, with all seven digits that .NET has.</summary>
        public void PreciseTimestamp(DateTime utc)
        {
            FormatRoundTrip(utc, output.GetSpan(RoundTripLength));
            output.Advance(RoundTripLength);
        }
    }

    public static ReadOnlySpan<byte> UpperCase(this LineSeverity severity) => severity switch
    {
        LineSeverity.Debug => "DEBUG"u8,
        LineSeverity.Info => "INFO"u8,
        LineSeverity.Warn => "WARN"u8,
        _ => "ERROR"u8,
    };

    public static ReadOnlySpan<byte> LowerCase(this LineSeverity severity) => severity switch
    {
        LineSeverity.Debug => "debug"u8,
        LineSeverity.Info => "info"u8,
        LineSeverity.Warn => "warn"u8,
        _ => "error"u8,
    };

    private static void FormatRoundTrip(DateTime utc, Span<byte> span)
    {
        Debug.Assert(utc.Kind == DateTimeKind.Utc, "only UTC is written with a Z");
        var fits = Utf8Formatter.TryFormat(utc, span, out var written, 'O');
        Debug.Assert(fits && written == RoundTripLength);
    }
}
