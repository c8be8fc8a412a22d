using System.Buffers;

namespace Observability.LogGenerator.Lines;

/// <summary>An access log entry of the gateway, with HTTP fields, a latency and a trace.</summary>
internal sealed class HttpRequestLine : LineKind
{
    public override LineInfo Write(IBufferWriter<byte> output, in LineContext context)
    {
        var random = context.Random;
        var status = Status(random.Next(100));
        var severity = status >= 500 ? LineSeverity.Error : status >= 400 ? LineSeverity.Warn : LineSeverity.Info;

        output.BeginJson(context, severity, ServiceName.Gateway, "HTTP request completed"u8);
        output.Field("method"u8, Method(random.Next(10)));
        output.BeginText("path"u8);
        output.Write(Path(random.Next(6)));
        output.Number(random.Next(1, 50_000));
        output.EndText();
        output.Field("status"u8, status);
        output.Field("duration_ms"u8, random.NextLatency(25));
        output.Field("bytes"u8, random.Next(120, 65_536));
        output.BeginText("client_ip"u8);
        output.Write("10."u8);
        output.Number(random.Next(256));
        output.Write("."u8);
        output.Number(random.Next(256));
        output.Write("."u8);
        output.Number(random.Next(1, 255));
        output.EndText();
        output.Field("user_agent"u8, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"u8);
        output.TraceFields(context);
        output.EndJson();
        return new LineInfo(severity, ServiceName.Gateway, LineFormat.Json);
    }

    private static int Status(int roll) => roll switch
    {
        < 80 => 200,
        < 86 => 201,
        < 90 => 304,
        < 95 => 404,
        < 97 => 429,
        < 99 => 502,
        _ => 500,
    };

    private static ReadOnlySpan<byte> Method(int index) => index switch
    {
        < 6 => "GET"u8,
        < 8 => "POST"u8,
        8 => "PUT"u8,
        _ => "DELETE"u8,
    };

    private static ReadOnlySpan<byte> Path(int index) => index switch
    {
        0 => "/api/v1/users/"u8,
        1 => "/api/v1/orders/"u8,
        2 => "/api/v1/carts/"u8,
        3 => "/api/v2/products/"u8,
        4 => "/assets/img/"u8,
        _ => "/api/v1/invoices/"u8,
    };
}
