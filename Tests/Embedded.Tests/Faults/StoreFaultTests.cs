using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Observability.Embedded.Tests.EmbeddedLoki;
using static Observability.Embedded.Tests.EmbeddedLoki.LokiFixture;

namespace Observability.Embedded.Tests.Faults;

public sealed class StoreFaultTests
{
    private const string Labels = """{namespace="default"}""";

    [Fact]
    public async Task In_an_outage_no_request_is_answered_and_afterwards_all_that_was_stored_is_there()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var loki = await StartAsync(time: time);
        await AssertAnswerAsync(await loki.PushAsync(Stream(Labels, (Now, "before"))), 204, "");

        await BeginAsync(loki, "loki-outage?seconds=30");
        await Assert.ThrowsAsync<HttpRequestException>(() => loki.PushAsync(Stream(Labels, (Now, "meanwhile"))));
        await Assert.ThrowsAsync<HttpRequestException>(() => loki.GetAsync("/ready"));
        time.Advance(TimeSpan.FromSeconds(30));

        await AssertAnswerAsync(await loki.PushAsync(Stream(Labels, (Now, "after"))), 204, "");
        Assert.Equal(["after", "before"], (await loki.LinesAsync(Labels)).Order(StringComparer.Ordinal));
        var last = (await FaultAsync(loki, "loki-outage")).GetProperty("last");
        Assert.Equal(2, last.GetProperty("counts").GetProperty("requests").GetInt64());
    }

    [Fact(Timeout = 60_000)]
    public async Task An_outage_breaks_requests_that_are_under_way()
    {
        await using var loki = await StartAsync();
        await BeginAsync(loki, "loki-slow?delay=600000");
        var push = loki.PushAsync(Stream(Labels, (Now, "x")));
        while (loki.Server.Faults.Find("loki-slow")!.Active!.Counts["requests"] == 0)
            await Task.Yield();

        await BeginAsync(loki, "loki-outage");

        await Assert.ThrowsAsync<HttpRequestException>(() => push);
        Assert.Equal(0, loki.Server.Store.StoredLines);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_slow_store_answers_after_the_delay()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var loki = await StartAsync(time: time);
        await BeginAsync(loki, "loki-slow?delay=5000&seconds=60");
        var push = loki.PushAsync(Stream(Labels, (Now, "x")));
        while (loki.Server.Faults.Find("loki-slow")!.Active!.Counts["requests"] == 0)
            await Task.Yield();
        Assert.Equal(0, loki.Server.Store.StoredLines);

        // The request is counted before it waits: it may begin to wait only now.
        while (!push.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        await AssertAnswerAsync(await push, 204, "");
    }

    [Fact(Timeout = 60_000)]
    public async Task Whoever_waits_for_a_slow_store_goes_on_when_it_is_slow_no_more()
    {
        await using var loki = await StartAsync();
        await BeginAsync(loki, "loki-slow?delay=600000");
        var push = loki.PushAsync(Stream(Labels, (Now, "x")));
        while (loki.Server.Faults.Find("loki-slow")!.Active!.Counts["requests"] == 0)
            await Task.Yield();

        using var ended = await loki.Client.DeleteAsync(new Uri("/faults/loki-slow", UriKind.Relative), Token);

        await AssertAnswerAsync(await push, 204, "");
    }

    [Fact]
    public async Task A_limit_is_told_in_Lokis_words_and_refills_with_time()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var loki = await StartAsync(time: time);
        await BeginAsync(loki, "loki-limit?rate=100&seconds=60");

        await AssertAnswerAsync(await loki.PushAsync(Stream(Labels, (Now, new('a', 140)))), 204, "");
        await AssertAnswerAsync(
            await loki.PushAsync(Stream(Labels, (Now, new('b', 90)), (Now, "c"))),
            429,
            "ingestion rate limit exceeded for user fake (limit: 100 bytes/sec) while attempting to ingest '2' lines totaling '91' bytes, "
                + "reduce log volume or contact your Loki administrator to see if the limit can be increased");
        time.Advance(TimeSpan.FromSeconds(1));
        await AssertAnswerAsync(await loki.PushAsync(Stream(Labels, (Now, new('b', 90)), (Now, "c"))), 204, "");

        var counts = (await FaultAsync(loki, "loki-limit")).GetProperty("active").GetProperty("counts");
        Assert.Equal((1, 2), (counts.GetProperty("pushes").GetInt64(), counts.GetProperty("lines").GetInt64()));
    }

    [Fact]
    public async Task Lost_answers_are_those_of_pushes_that_were_stored_and_no_more_than_asked_for()
    {
        await using var loki = await StartAsync();
        var now = Now;
        await BeginAsync(loki, "loki-lose-answers?pushes=2");

        await AssertAnswerAsync(await loki.PushJsonAsync("{"), 400, await RefusalAsync(loki));
        await Assert.ThrowsAsync<HttpRequestException>(() => loki.PushAsync(Stream(Labels, (now, "x"))));
        await Assert.ThrowsAsync<HttpRequestException>(() => loki.PushAsync(Stream(Labels, (now, "x"))));
        await AssertAnswerAsync(await loki.PushAsync(Stream(Labels, (now, "x"))), 204, "");

        Assert.Equal(["x"], await loki.LinesAsync(Labels));
        var fault = await FaultAsync(loki, "loki-lose-answers");
        Assert.Equal(JsonValueKind.Null, fault.GetProperty("active").ValueKind);
        Assert.Equal(2, fault.GetProperty("last").GetProperty("counts").GetProperty("answers").GetInt64());
    }

    [Theory]
    [InlineData("loki-outage?seconds=0", HttpStatusCode.BadRequest, "seconds is '0': it must be a whole number from 1 to 3600")]
    [InlineData("loki-outage?seconds=a", HttpStatusCode.BadRequest, "seconds is 'a': it must be a whole number from 1 to 3600")]
    [InlineData("loki-slow?second=1", HttpStatusCode.BadRequest, "second is no parameter of loki-slow: it takes seconds, delay")]
    [InlineData(
        "kafka-outage",
        HttpStatusCode.NotFound,
        "There is no fault kafka-outage here: there is loki-outage, loki-slow, loki-limit, loki-lose-answers.")]
    public async Task What_is_wrong_with_a_request_is_said(string request, HttpStatusCode status, string detail)
    {
        await using var loki = await StartAsync();
        using var answer = await loki.Client.PostAsync(new Uri($"/faults/{request}", UriKind.Relative), null, Token);
        Assert.Equal(status, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Equal(detail, problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_page_of_another_origin_begins_nothing()
    {
        await using var loki = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/faults/loki-outage", UriKind.Relative));
        request.Headers.Add("Origin", "https://elsewhere.example");
        using var answer = await loki.Client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Null(loki.Server.Faults.Find("loki-outage")!.Active);
    }

    [Fact]
    public async Task The_list_says_what_there_is_and_what_each_takes()
    {
        await using var loki = await StartAsync();
        var faults = await loki.Client.GetFromJsonAsync<JsonElement>(new Uri("/faults", UriKind.Relative), Token);
        Assert.Equal(
            ["loki-outage: seconds", "loki-slow: seconds delay", "loki-limit: seconds rate", "loki-lose-answers: seconds pushes"],
            faults.EnumerateArray().Select(fault =>
                $"{fault.GetProperty("name")}: {string.Join(' ', fault.GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name")))}"));
    }

    private static async Task BeginAsync(LokiFixture loki, string request)
    {
        using var answer = await loki.Client.PostAsync(new Uri($"/faults/{request}", UriKind.Relative), null, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    private static Task<JsonElement> FaultAsync(LokiFixture loki, string name) =>
        loki.Client.GetFromJsonAsync<JsonElement>(new Uri($"/faults/{name}", UriKind.Relative), Token);

    // What a body that is no JSON is told, whatever the words.
    private static async Task<string> RefusalAsync(LokiFixture loki)
    {
        using var answer = await loki.PushJsonAsync("{");
        return (await answer.Content.ReadAsStringAsync(Token)).TrimEnd('\n');
    }
}
