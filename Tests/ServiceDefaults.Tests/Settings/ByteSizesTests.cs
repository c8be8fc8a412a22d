using CsCheck;
using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Tests.Settings;

public sealed class ByteSizesTests
{
    [Theory]
    [InlineData("1000", 1000)]
    [InlineData("1KB", 1000)]
    [InlineData("1kib", 1024)]
    [InlineData("1.5 MiB", 1572864)]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("7B", 7)]
    public void A_size_is_written_as_people_write_it(string text, long expected)
    {
        Assert.True(ByteSizes.TryParse(text, out var bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-1")]
    [InlineData("1TB")]
    [InlineData("99999999999GiB")]
    public void What_is_no_size_is_refused(string text) => Assert.False(ByteSizes.TryParse(text, out _));

    [Fact]
    public void What_is_formatted_is_read_back() =>
        Gen.Long[0, 1L << 50].Sample(bytes => ByteSizes.TryParse(ByteSizes.Format(bytes), out var read) && read == bytes);
}
