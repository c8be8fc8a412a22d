using Observability.Forwarder.Delivery;

namespace Observability.Forwarder.Tests.Delivery;

public sealed class ExcerptTests
{
    [Theory]
    [InlineData(0, 0, "")]
    [InlineData(500, 500, "")]
    [InlineData(501, 500, " …")]
    public void A_text_is_cut_after_five_hundred_characters_and_shows_that(int length, int kept, string end) =>
        Assert.Equal(new string('x', kept) + end, Excerpt.Of(new string('x', length)));
}
