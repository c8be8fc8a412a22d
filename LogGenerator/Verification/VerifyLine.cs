using System.Buffers;
using System.Text;
using Observability.LogGenerator.Lines;
using Observability.LogGenerator.Patterns;
using Observability.LogGenerator.Settings;

namespace Observability.LogGenerator.Verification;

/// <summary>
/// The lines that a verification sends: plain numbered ones, or those of a pattern. Each carries the run's id, its number and a
/// checksum of itself (<see cref="LineSeal"/>).
/// </summary>
/// <param name="request">The run.</param>
/// <param name="escapesLineFeeds">Whether the sink cuts lines at line feeds, so that they must be written as <c>\n</c> before the checksum
/// is taken.</param>
internal sealed class VerifyLine(VerificationRequest request, bool escapesLineFeeds = false) : LineKind
{
    /// <summary>The service that plain lines come from.</summary>
    public static readonly ServiceName Service = new("loggenerator-verify");

    // Pods of plain lines: their metadata is to be seen, not to be many.
    private const int Pods = 7;

    private readonly byte[] _runId = Encoding.UTF8.GetBytes(request.RunId);
    private readonly ArrayBufferWriter<byte> _line = new(512);
    private readonly LinePattern? _pattern = request.LinePattern;

    public override LineInfo Write(IBufferWriter<byte> output, in LineContext context)
    {
        _line.ResetWrittenCount();
        var info = _pattern is null
            ? WritePlain(context)
            : _pattern.Mix(TimeSpan.FromSeconds(context.Sequence / request.Rate)).Pick(context.Random).Write(_line, context);
        var line = Showable(_line.WrittenSpan);
        var isJson = info.Format == LineFormat.Json;
        LineSeal.Write(output, isJson ? line[..^1] : line, isJson, _runId, context.Sequence);
        return info;
    }

    private LineInfo WritePlain(in LineContext context)
    {
        _line.Write("{\"timestamp\":\""u8);
        _line.PreciseTimestamp(context.Timestamp);
        _line.Write("\",\"level\":\"INFO\",\"service\":\""u8);
        _line.Write(Service.Utf8);
        _line.Write("\",\"pod\":\"verify-"u8);
        _line.Number(context.Sequence % Pods);
        _line.Write("\",\"message\":\"verify line "u8);
        _line.Number(context.Sequence);
        _line.Write(" of "u8);
        _line.Number(request.Lines);
        _line.Write("\"}"u8);
        return new LineInfo(LineSeverity.Info, Service, LineFormat.Json);
    }

    // Every store replaces what is no UTF-8 in a way of its own, and some sinks cut at line feeds: what cannot arrive as it is cannot be
    // compared.
    private ReadOnlySpan<byte> Showable(ReadOnlySpan<byte> line)
    {
        var escapes = escapesLineFeeds && line.Contains((byte)'\n');
        if (!escapes && System.Text.Unicode.Utf8.IsValid(line))
            return line;
        var text = Encoding.UTF8.GetString(line);
        return Encoding.UTF8.GetBytes(escapes ? text.Replace("\n", "\\n", StringComparison.Ordinal) : text);
    }
}
