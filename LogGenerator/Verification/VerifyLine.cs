using System.Buffers;
using System.Text;
using Observability.LogGenerator.Lines;

namespace Observability.LogGenerator.Verification;

/// <summary>The line that a verification sends: it carries the run's id and its own number.</summary>
/// <param name="runId">The run's id.</param>
/// <param name="total">How many lines the run sends.</param>
internal sealed class VerifyLine(string runId, int total) : LineKind
{
    /// <summary>The service that the lines come from.</summary>
    public static readonly ServiceName Service = new("loggenerator-verify");

    private readonly byte[] _runId = Encoding.UTF8.GetBytes(runId);

    /// <summary>What stands before the number in a line.</summary>
    public static ReadOnlySpan<byte> SequenceField => "\"seq\":"u8;

    public override LineInfo Write(IBufferWriter<byte> output, in LineContext context)
    {
        output.Write("{\"timestamp\":\""u8);
        output.PreciseTimestamp(context.Timestamp);
        output.Write("\",\"level\":\"INFO\",\"service\":\""u8);
        output.Write(Service.Utf8);
        output.Write("\",\"message\":\"verify line "u8);
        output.Number(context.Sequence);
        output.Write(" of "u8);
        output.Number(total);
        output.Write("\",\"run_id\":\""u8);
        output.Write(_runId);
        output.Write("\","u8);
        output.Write(SequenceField);
        output.Number(context.Sequence);
        output.EndJson();
        return new LineInfo(LineSeverity.Info, Service, LineFormat.Json);
    }
}
