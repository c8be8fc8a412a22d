using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using static Observability.Embedded.Tests.EmbeddedLoki.LokiFixture;

namespace Observability.Embedded.Tests.EmbeddedLoki.Http;

public sealed class TailTests
{
    [Fact]
    public async Task A_tail_sends_what_was_there_and_then_what_comes()
    {
        await using var loki = await StartAsync();
        var now = Now;
        using var before = await loki.PushAsync(Stream("""{a="b"}""", (now, "history 1"), (now + 1, "history 2"), (now + 2, "other")));
        using var socket = new ClientWebSocket();
        var path = Url("/loki/api/v1/tail", ("query", """{a="b"} |= "history" """), ("limit", "10"), ("start", Text(now - 1))).ToString();
        await socket.ConnectAsync(new Uri($"ws://{loki.Server.Address.Authority}{path}"), Token);

        var first = await ReceiveAsync(socket);
        Assert.Equal(
            """{"streams":[{"stream":{"a":"b","detected_level":"unknown","service_name":"unknown_service"},"values":[["TIME","history 1"],["TIME1","history 2"]]}]}"""
            .Replace("TIME1", Text(now + 1), StringComparison.Ordinal).Replace("TIME", Text(now), StringComparison.Ordinal),
            first.GetRawText());

        using var after = await loki.PushAsync(Stream("""{a="b"}""", (now + 3, "more history"), (now + 4, "noise")),
            Stream("""{a="c"}""", (now + 3, "history of another")));
        var second = await ReceiveAsync(socket);
        Assert.Equal("more history", second.GetProperty("streams")[0].GetProperty("values")[0][1].GetString());
        Assert.Equal(1, second.GetProperty("streams")[0].GetProperty("values").GetArrayLength());
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Token);
        Assert.Equal(WebSocketState.Closed, socket.State);
    }

    [Theory]
    [InlineData("""{a="b"}""", "6", "delay_for can't be greater than 5")]
    [InlineData("""rate({a="b"}[1m])""", "0", "only log selector is supported")]
    [InlineData("""{a="b"}""", "0",
        "websocket: the client is not using the websocket protocol: 'upgrade' token not found in 'Connection' header")]
    public async Task A_bad_tail_request_is_400(string query, string delay, string error)
    {
        await using var loki = await StartAsync();
        Assert.Equal((400, error), await loki.GetAsync("/loki/api/v1/tail", ("query", query), ("delay_for", delay)));
    }

    private static async Task<JsonElement> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var result = await socket.ReceiveAsync(buffer.AsMemory(length), Token);
            length += result.Count;
            if (result.EndOfMessage)
                return JsonDocument.Parse(Encoding.UTF8.GetString(buffer, 0, length)).RootElement;
        }
    }
}
