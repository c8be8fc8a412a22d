using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using K4os.Compression.LZ4.Streams;
using Observability.ServiceDefaults.Protos.OpenTelemetry;
using static Observability.Embedded.Tests.EmbeddedLoki.LokiFixture;

namespace Observability.Embedded.Tests.EmbeddedLoki.Http;

/// <summary>What clients send that are neither Promtail nor Grafana.</summary>
public sealed class EncodingTests
{
    [Theory]
    [InlineData("")]
    [InlineData("gzip")]
    [InlineData("zstd")]
    [InlineData("lz4")]
    public async Task An_OTLP_export_is_read_in_each_encoding(string encoding)
    {
        await using var loki = await StartAsync();
        var json = Encoding.UTF8.GetBytes(
            """{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeLogs":[{"logRecords":[{"body":{"stringValue":"hello"}}]}]}]}""");
        using var buffer = new MemoryStream();
        await using (Stream compressor = encoding switch
        {
            "gzip" => new System.IO.Compression.GZipStream(buffer, System.IO.Compression.CompressionMode.Compress, leaveOpen: true),
            "zstd" => new ZstdSharp.CompressionStream(buffer, leaveOpen: true),
            "lz4" => LZ4Stream.Encode(buffer, leaveOpen: true),
            _ => new BufferedStream(buffer),
        })
        {
            await compressor.WriteAsync(json, Token);
            await compressor.FlushAsync(Token);
            if (encoding.Length == 0)
                json = buffer.ToArray();
        }

        await AssertAnswerAsync(
            await loki.PushAsync(encoding.Length == 0 ? json : buffer.ToArray(), "application/json", encoding.Length == 0 ? null : encoding,
                "/otlp/v1/logs"), 204, "");
        // A record without any time is stored with the time at which it came.
        Assert.Equal(["hello"], await loki.LinesAsync("""{service_name="shop"}"""));
    }

    [Theory]
    [InlineData("br", "unsupported content encoding br: only gzip, lz4 and zstd are supported")]
    [InlineData("zstd", "zstd: invalid data")]
    [InlineData("lz4", "lz4: invalid data")]
    public async Task An_OTLP_export_in_another_encoding_is_refused(string encoding, string error)
    {
        await using var loki = await StartAsync();
        using var response = await loki.PushAsync("no such thing"u8.ToArray(), "application/json", encoding, "/otlp/v1/logs");
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains(error, await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    /// <summary>The libraries that decompress have exceptions of many kinds for that.</summary>
    [Fact]
    public async Task An_OTLP_export_that_is_damaged_behind_its_head_is_refused()
    {
        await using var loki = await StartAsync();
        // A frame of LZ4 whose one block refers to bytes before its beginning.
        byte[] damaged = [0x04, 0x22, 0x4d, 0x18, 0x44, 0x40, 0x5e, 4, 0, 0, 0, 0x10, 0x41, 0xff, 0xff, 0, 0, 0, 0];
        using var response = await loki.PushAsync(damaged, "application/x-protobuf", "lz4", "/otlp/v1/logs");
        Assert.Equal(400, (int)response.StatusCode);
    }

    [Fact]
    public async Task What_records_share_counts_for_each_of_them()
    {
        await using var loki = await StartAsync();
        var resource = new ResourceLogs { Resource = new(), ScopeLogs = { new ScopeLogs() } };
        for (var i = 0; i < 20_000; i++)
            resource.Resource.Attributes.Add(new KeyValue { Key = $"k{i}", Value = new() { StringValue = "v" } });
        for (var i = 0; i < 5_000; i++)
            resource.ScopeLogs[0].LogRecords.Add(new LogRecord { Body = new() { StringValue = "x" } });
        using var response = await loki.PushAsync(
            new ExportLogsServiceRequest { ResourceLogs = { resource } }.ToByteArray(), "application/x-protobuf", path: "/otlp/v1/logs");
        Assert.Equal(413, (int)response.StatusCode);
        Assert.Contains(
            "request body too large: more than 67108864 bytes of structured metadata in one push, the limit of the embedded store "
            + "(MaxDecompressedBytes)",
            await response.Content.ReadAsStringAsync(Token),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_that_comes_twice_counts_once()
    {
        await using var loki = await StartAsync();
        var body = $$"""{"streams":[{"stream":{"app":"npm","n":1},"values":[["{{Now}}","x"]]}]}""";
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", loki.Server.Address.Port, Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST /loki/api/v1/push HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"),
            Token);
        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 204", await reader.ReadToEndAsync(Token), StringComparison.Ordinal);
        Assert.Equal(["x"], await loki.LinesAsync("""{app="npm", n="1"}"""));
    }

    [Theory]
    [InlineData("{a-b=\"1\"}", "1:3: parse error: unexpected character inside braces: '-'")]
    [InlineData("{1a=\"1\"}", "1:2: parse error: unexpected character inside braces: '1'")]
    [InlineData("{a=\"1\" b=\"2\"}", "1:8: parse error: unexpected identifier \"b\" in label set, expected \",\" or \"}\"")]
    [InlineData("{a!=\"1\"}", "1:3: parse error: unexpected \"!=\" in label set, expected \"=\"")]
    [InlineData("{a=\"1\"", "1:7: parse error: unexpected end of input inside braces")]
    public async Task Labels_that_cannot_be_read_are_refused_in_Prometheus_words(string labels, string error)
    {
        await using var loki = await StartAsync(new EmbeddedLokiOptions());
        await AssertAnswerAsync(await loki.PushAsync(Stream(labels, (Now, "x"))), 400, $"couldn't parse labels: {error}");
    }
}
