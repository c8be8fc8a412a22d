using CsCheck;
using Google.Protobuf;
using Observability.ServiceDefaults.Protos.Loki;
using Snappier;
using static Observability.Embedded.Tests.EmbeddedLoki.LokiFixture;

namespace Observability.Embedded.Tests.EmbeddedLoki;

public sealed class FuzzTests
{
    private static readonly byte[] Valid = new PushRequest
    {
        Streams = { Stream("""{a="b"}""", (Now, "line"), (Now + 1, "another")),
            new StreamAdapter { Labels = """{c="d"}""", Entries = { Entry(Now, "x", ("k", "v")) } } },
    }.ToByteArray();

    private static readonly byte[] ValidJson = System.Text.Encoding.UTF8.GetBytes(
        $$$"""{"streams":[{"stream":{"a":"b"},"values":[["{{{Now}}}","line",{"k":"v"}],["1","x"]]}]}""");

    /// <summary>Bytes at random, and good ones with a few of them changed or cut.</summary>
    private static Gen<byte[]> Damaged(byte[] valid) => Gen.OneOf<byte[]>(
        Gen.Byte.Array[0, 200],
        Gen.Select(Gen.Int[0, valid.Length - 1].Array[1, 4], Gen.Byte.Array[4], Gen.Int[0, valid.Length], (places, values, cut) =>
        {
            var copy = valid.ToArray();
            for (var i = 0; i < places.Length; i++)
                copy[places[i]] = values[i];
            return copy[..(cut < valid.Length / 2 ? cut : valid.Length)];
        }));

    [Theory]
    [InlineData("application/x-protobuf", "/loki/api/v1/push", true)]
    [InlineData("application/x-protobuf", "/loki/api/v1/push", false)]
    [InlineData("application/json", "/loki/api/v1/push", false)]
    [InlineData("application/json", "/otlp/v1/logs", false)]
    [InlineData("application/x-protobuf", "/otlp/v1/logs", false)]
    public async Task No_body_makes_a_push_fail_with_500(string type, string path, bool compress)
    {
        await using var loki = await StartAsync();
        await Damaged(type.EndsWith("json", StringComparison.Ordinal) ? ValidJson : Valid).SampleAsync(
            async body =>
            {
                using var response = await loki.PushAsync(compress ? Snappy.CompressToArray(body) : body, type, path: path);
                Assert.True((int)response.StatusCode < 500, $"{(int)response.StatusCode}: {Convert.ToBase64String(body)}");
            },
            iter: 300,
            threads: 2);
    }

    [Fact]
    public async Task No_parameter_makes_a_query_fail_with_500()
    {
        await using var loki = await StartAsync();
        using var pushed = await loki.PushAsync(Stream("""{a="b"}""", (Now, """{"x":1,"y":{"z":"q"}} k=v"""), (Now, "")));
        var query = Gen.OneOf(
            """{a="b"}""", """{a="b"} | json | x > 0""", """{a="b"} | logfmt | line_format "{{.k | trunc -1}}" """,
            """rate({a="b"} | json | unwrap x [1m])""",
            """sum(count_over_time({a="b"}[1y])) / 0""", """topk(2, rate({a="b"}[1ms]))""", "1 % 0");
        var value = Gen.OneOf<string>(Gen.String[0, 12], Gen.Long.Select(Text),
            Gen.Double.Select(d => d.ToString(System.Globalization.CultureInfo.InvariantCulture)), Gen.OneOf("0", "-1", "1e300", "NaN",
                "9223372036854775807", "-9223372036854775808", "1m", "9999-12-31T23:59:59Z"));
        var name = Gen.OneOf("start", "end", "time", "step", "limit", "direction", "since", "interval", "query");
        var path = Gen.OneOf("/loki/api/v1/query_range", "/loki/api/v1/query", "/loki/api/v1/labels", "/loki/api/v1/series",
            "/loki/api/v1/index/stats", "/loki/api/v1/index/volume");
        await Gen.Select(path, query, Gen.Select(name, value).Array[0, 3]).SampleAsync(
            async (p, q, parameters) =>
            {
                var (status, body) = await loki.GetAsync(p, [("query", q), .. parameters.Select(x => (x.Item1, Sendable(x.Item2)))]);
                Assert.True(status < 500, $"{status} {p} {q} {string.Join(' ', parameters)}: {body}");
            },
            iter: 1000,
            threads: 2);
    }

    private static string Sendable(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
}
