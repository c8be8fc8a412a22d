using Observability.Forwarder.Delivery;
using Snappier;

namespace Observability.Forwarder.Tests.Delivery;

public sealed class LokiClientTests : IAsyncLifetime
{
    private readonly SenderHarness _harness = new();

    public async ValueTask InitializeAsync() => await _harness.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Theory(Timeout = 60_000)]
    [InlineData(262_143, false)]
    [InlineData(262_144, true)]
    public async Task Words_that_may_have_been_cut_are_known_to_be(int length, bool isCut)
    {
        _harness.Answer = (context, _) => SenderHarness.Reply(context, 400, new string('x', length));

        var (status, answer) = await PushAsync();

        Assert.Equal((400, length, isCut), (status, answer.Text.Length, answer.IsCut));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(299, false)]
    [InlineData(300, true)]
    [InlineData(399, true)]
    [InlineData(400, false)]
    public async Task Every_redirect_says_that_it_is_not_followed(int status, bool isRedirect)
    {
        _harness.Answer = (context, _) => SenderHarness.Reply(context, status, "words");

        var (_, answer) = await PushAsync();

        Assert.Equal(isRedirect, answer.Text.Contains("it redirects to nowhere", StringComparison.Ordinal));
        Assert.Equal("unexpected_answer", answer.Reason);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_stored_needs_no_words()
    {
        var (status, answer) = await PushAsync();

        Assert.Equal((204, new PushAnswer(PushVerdict.Stored, "", "")), (status, answer));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_connection_that_breaks_is_no_answer()
    {
        _harness.Answer = (context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        };

        var (status, answer) = await PushAsync();

        Assert.Equal((0, PushVerdict.Retry, "connection"), (status, answer.Verdict, answer.Reason));
    }

    private Task<(int Status, PushAnswer Answer)> PushAsync() =>
        _harness.Client.PushAsync(Snappy.CompressToArray([]), [], TestContext.Current.CancellationToken);
}
