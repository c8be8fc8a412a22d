using System.Globalization;
using System.Text;
using CsCheck;
using Observability.Forwarder.Decoding;

namespace Observability.Forwarder.Tests.Decoding;

public sealed class TimestampParserTests
{
    private static readonly Gen<DateTimeOffset> Dates = Gen.Select(
        Gen.Long[DateTime.UnixEpoch.Ticks + TimeSpan.TicksPerDay, new DateTime(2261, 12, 30, 0, 0, 0, DateTimeKind.Utc).Ticks],
        Gen.Int[-14 * 60, 14 * 60],
        (ticks, minutes) => new DateTimeOffset(ticks, TimeSpan.Zero).ToOffset(TimeSpan.FromMinutes(minutes)));

    [Fact]
    public void Any_date_is_read_as_DateTimeOffset_reads_it() => Gen.Select(
        Dates,
        Choice.Of("yyyy-MM-ddTHH:mm:ss.fffffffzzz", "yyyy-MM-dd HH:mm:ss.fffzzz", "yyyy-MM-ddTHH:mm:sszzz", "yyyy-MM-ddTHH:mm:ss.ff",
            "yyyy-MM-dd HH:mm:ss")).Sample(
        (date, format) =>
        {
            var text = date.ToString(format, CultureInfo.InvariantCulture);
            var expected = DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

            Assert.True(TimestampParser.TryParse(Encoding.UTF8.GetBytes(text), out var time), text);
            Assert.Equal((expected - DateTimeOffset.UnixEpoch).Ticks * 100, time.Nanoseconds);
            Assert.Equal(format.Contains("zzz", StringComparison.Ordinal), time.HasZone);
        },
        iter: 2000);

    /// <summary>A minute that was just read is not read again.</summary>
    [Fact]
    public void Dates_of_one_minute_differ_in_seconds_fractions_and_zones() => Gen.Select(
        Dates, Gen.Select(Gen.Int[0, 59], Gen.Int[0, 999], Choice.Of("", "Z", "+01:00", "-11:30", " UTC")).Array[1, 4]).Sample(
        (date, others) =>
        {
            var minute = date.ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);
            foreach (var (second, fraction, zone) in others)
            {
                var text = $"{minute}:{second:D2}.{fraction:D3}{zone}";
                var expected = DateTimeOffset.Parse(text.Replace(" UTC", "Z", StringComparison.Ordinal), CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal);

                Assert.True(TimestampParser.TryParse(Encoding.UTF8.GetBytes(text), out var time), text);
                Assert.Equal((expected - DateTimeOffset.UnixEpoch).Ticks * 100, time.Nanoseconds);
                Assert.False(TimestampParser.TryParse(Encoding.UTF8.GetBytes($"{minute}:61{zone}"), out _));
                Assert.False(TimestampParser.TryParse(Encoding.UTF8.GetBytes($"{minute[..^1]}x:00{zone}"), out _));
            }
        },
        iter: 1000);

    [Theory]
    [InlineData("1970-01-01T00:00:00Z", 0L)]
    [InlineData("1970-01-01T00:00:01.5Z", 1_500_000_000L)]
    [InlineData("1970-01-01T00:00:01+00:01", null)]
    public void The_first_minute_of_all_is_one(string text, long? expected)
    {
        for (var time = 0; time < 2; time++)
            Assert.Equal(expected, TimestampParser.TryParse(Encoding.UTF8.GetBytes(text), out var parsed) ? parsed.Nanoseconds : null);
    }

    [Fact]
    public void A_date_has_a_digit_in_each_of_its_places()
    {
        const string Date = "2025-09-14T13:45:00.5Z";
        foreach (var place in (int[])[0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18])
        {
            for (var other = 0; other <= byte.MaxValue; other++)
            {
                var text = Encoding.UTF8.GetBytes(Date);
                text[place] = (byte)other;
                var isDate = DateTimeOffset.TryParseExact(Encoding.Latin1.GetString(text), "yyyy-MM-ddTHH:mm:ss.fK",
                    CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expected) && expected.Year is >= 1970 and < 2262;
                // A leap second is one to us.
                isDate |= other == '6' && place == 17;

                Assert.Equal(isDate, TimestampParser.TryParseDate(text, out _, out _));
            }
        }
    }

    [Fact]
    public void A_fraction_counts_to_the_nanosecond_and_no_further() => Gen.Int[0, 9].Array[1, 14].Sample(digits =>
    {
        var fraction = string.Concat(digits);
        var expected = long.Parse(fraction.PadRight(9, '0')[..9], CultureInfo.InvariantCulture);

        Assert.True(TimestampParser.TryParse(Encoding.UTF8.GetBytes($"2025-09-14T13:45:00.{fraction}Z"), out var time));
        Assert.Equal(1757857500_000000000 + expected, time.Nanoseconds);
        Assert.Equal(Math.Max(0, 9 - digits.Length), time.Digits);
    });

    [Theory]
    [InlineData("2025-09-14T13:45:00Z", 1757857500_000000000)]
    [InlineData("2025-09-14T13:45Z", 1757857500_000000000)]
    [InlineData("2025-09-14 13:45", 1757857500_000000000)]
    [InlineData("2025/09/14 13:45:00", 1757857500_000000000)]
    [InlineData("2025-09-14T13:45:00+00", 1757857500_000000000)]
    [InlineData("2025-09-14T15:45:00+02", 1757857500_000000000)]
    [InlineData("2025-09-14 13:45:00.123 UTC", 1757857500_123000000)]
    [InlineData("2025-09-14 15:45:00.123 +0200", 1757857500_123000000)]
    [InlineData(" 2025-09-14T13:45:00Z ", 1757857500_000000000)]
    [InlineData("14/Sep/2025:15:45:00 +0200", 1757857500_000000000)]
    [InlineData("20250914134500", 1757857500_000000000)]
    [InlineData("20250914134500123", 1757857500_123000000)]
    [InlineData("1757857500123.83", 1757857500_123830000)]
    [InlineData("1757857500123456.7", 1757857500_123456700)]
    [InlineData("1.757857500E+12", 1757857500_000000000)]
    [InlineData("1.757857500123e9", 1757857500_123000000)]
    [InlineData("2025-09-14t13:45:00z", 1757857500_000000000)]
    [InlineData("2025-09-14T13:45:00.1Z", 1757857500_100000000)]
    [InlineData("2025-09-14T13:45:00,123Z", 1757857500_123000000)]
    [InlineData("2025-09-14T13:45:00.123456789Z", 1757857500_123456789)]
    [InlineData("2025-09-14T13:45:00.1234567899999Z", 1757857500_123456789)]
    [InlineData("2025-09-14T13:45:00+0200", 1757850300_000000000)]
    [InlineData("2025-09-14T13:45:00-01:30", 1757862900_000000000)]
    [InlineData("2024-02-29T00:00:00Z", 1709164800_000000000)]
    [InlineData("2016-12-31T23:59:60Z", 1483228800_000000000)]
    [InlineData("1757857500", 1757857500_000000000)]
    [InlineData("1757857500.123456789", 1757857500_123456789)]
    [InlineData("1757857500123", 1757857500_123000000)]
    [InlineData("1757857500123456", 1757857500_123456000)]
    [InlineData("1757857500123456789", 1757857500_123456789)]
    [InlineData("9223372036", 9223372036_000000000)]
    [InlineData("9223372036854", 9223372036_854000000)]
    [InlineData("9223372036854775", 9223372036_854775000)]
    [InlineData("9223372036854775807", 9223372036_854775807)]
    [InlineData("100000000", 100000000_000000000)]
    [InlineData("100000000000", 100000000_000000000)]
    [InlineData("100000000000000", 100000000_000000000)]
    [InlineData("100000000000000000", 100000000_000000000)]
    [InlineData("100000000.0", 100000000_000000000)]
    [InlineData("100000000000.0", 100000000_000000000)]
    [InlineData("100000000000000.0", 100000000_000000000)]
    [InlineData("100000000000000000.0", 100000000_000000000)]
    [InlineData("1757857500123456789.0", 1757857500_123456789)]
    [InlineData("14/Sep/2025:13:45:00", 1757857500_000000000)]
    [InlineData("2025-09-14T13:45:00-23:00", 1757940300_000000000)]
    public void Every_form_is_read_to_the_last_digit(string text, long expected)
    {
        Assert.True(TimestampParser.TryParse(Encoding.UTF8.GetBytes(text), out var time));
        Assert.Equal(expected, time.Nanoseconds);
    }

    [Theory]
    [InlineData("2025-09-14T13:45Z", 9)]
    [InlineData("2025-09-14T13:45:00Z", 9)]
    [InlineData("2025-09-14T13:45:00.000Z", 6)]
    [InlineData("2025-09-14T13:45:00.100Z", 6)]
    [InlineData("2025-09-14T13:45:00.1234567Z", 2)]
    [InlineData("2025-09-14T13:45:00.123456789Z", 0)]
    [InlineData("1757857500", 9)]
    [InlineData("1757857500.000", 6)]
    [InlineData("1757857500000", 6)]
    [InlineData("1757857500000.5", 5)]
    [InlineData("1757857500000000", 3)]
    [InlineData("1757857500000000000", 0)]
    [InlineData("1757857500.120000", 3)]
    [InlineData("1.7578575E+9", 6)]
    [InlineData("20250914134500123", 6)]
    [InlineData("20250914134500", 9)]
    [InlineData("14/Sep/2025:15:45:00 +0200", 9)]
    public void The_digits_that_the_clock_left_open_follow_from_how_a_time_is_written_not_from_its_zeros(string text, int digits)
    {
        Assert.True(TimestampParser.TryParse(Encoding.UTF8.GetBytes(text), out var time));
        Assert.Equal(digits, time.Digits);
    }

    [Theory]
    [InlineData("2025-09-14 13:45:00,123 ERROR", 23, false)]
    [InlineData("2025-09-14 13:45:00.123 UTC [1]", 27, true)]
    [InlineData("2025-09-14 13:45:00.123 GMT", 27, true)]
    [InlineData("2025-09-14T13:45:00Z ERROR", 20, true)]
    [InlineData("2025-09-14 13:45:00 - shop", 19, false)]
    [InlineData("2025-09-14 13:45:00 +", 19, false)]
    [InlineData("2025-09-14 13:45:00 -0200 x", 25, true)]
    [InlineData("2025-09-14 13:45:00", 19, false)]
    public void A_date_at_the_head_of_a_text_ends_where_it_ends(string text, int expected, bool hasZone)
    {
        Assert.True(TimestampParser.TryParseDate(Encoding.UTF8.GetBytes(text), out var time, out var length));
        Assert.Equal((expected, hasZone), (length, time.HasZone));
    }

    [Theory]
    [InlineData("2025-09-14T13:45:00+2:00")]
    [InlineData("2025-09-14T13:45:00-x")]
    [InlineData("2025-09-14T13:45:00+24:00 x")]
    [InlineData("2025-09-14T13:45:00+00:60 x")]
    public void A_date_with_a_zone_that_cannot_be_read_is_none(string text) =>
        Assert.False(TimestampParser.TryParseDate(Encoding.UTF8.GetBytes(text), out _, out _));

    [Theory]
    [InlineData("1757857500", true)]
    [InlineData("1757857500123", true)]
    [InlineData("1757857500123456", true)]
    [InlineData("1757857500123456789", true)]
    [InlineData("1757857500.5", true)]
    [InlineData("14/Sep/2025:15:45:00 +0200", true)]
    [InlineData("14/Sep/2025:15:45:00", false)]
    [InlineData("20250914134500", false)]
    [InlineData("20250914134500123", false)]
    public void A_Unix_time_has_a_zone_and_a_date_has_the_one_that_it_tells(string text, bool expected)
    {
        Assert.True(TimestampParser.TryParse(Encoding.UTF8.GetBytes(text), out var time));
        Assert.Equal(expected, time.HasZone);
    }

    [Theory]
    [InlineData("")]
    [InlineData("now")]
    [InlineData("2025-02-29T00:00:00Z")]
    [InlineData("2025-13-01T00:00:00Z")]
    [InlineData("2025-00-01T00:00:00Z")]
    [InlineData("2025-09-31T00:00:00Z")]
    [InlineData("2025-09-14T24:00:00Z")]
    [InlineData("2025-09-14T13:60:00Z")]
    [InlineData("2025-09-14T13:45:61Z")]
    [InlineData("2025-09-14T13:45:00+24:00")]
    [InlineData("2025-09-14T13:45:00+2:00")]
    [InlineData("2025-09-14T13:45:00 CEST")]
    [InlineData("2025-09-1XT13:45:00Z")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("2262-01-01T00:00:00Z")]
    [InlineData("14/Abc/2025:15:45:00 +0200")]
    [InlineData("14/anF/2025:15:45:00 +0200")]
    [InlineData("14/Sep-2025:15:45:00 +0200")]
    [InlineData("14/Sep/2025 15:45:00 +0200")]
    [InlineData("14/Sep/2025:15-45:00 +0200")]
    [InlineData("14/Sep/2025:15:45-00 +0200")]
    [InlineData("14/Sep/2025:15:45:0x +0200")]
    [InlineData("14/Sep/2025:15:45:00 +0200 x")]
    [InlineData("99/Sep/2025:15:45:00 +0200")]
    [InlineData("-1757857500")]
    [InlineData("0")]
    [InlineData("0.5")]
    [InlineData("1757857500 s")]
    // A duration in a field called "time" is none: the smallest time is one of 1973.
    [InlineData("12")]
    [InlineData("12.75")]
    [InlineData("99999999")]
    // Seconds that nanoseconds in 64 bits do not hold.
    [InlineData("9223372037")]
    [InlineData("99999999999")]
    [InlineData("99999999999999999999")]
    [InlineData("20251332134500")]
    [InlineData("99999999999999")]
    [InlineData("+20260914134500")]
    [InlineData("99999999999999999")]
    [InlineData("1e30")]
    [InlineData("1e999")]
    public void What_is_no_time_that_Loki_can_hold_is_refused(string text) =>
        Assert.False(TimestampParser.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void No_text_ever_throws() => Choice.Of("0", "9", "-", ":", "T", ".", "Z", "+", "e", " ", "/", "UTC", "14/Sep/2025:13:45:00",
        "2025-09-14T13:45:00", "20250914").Array[0, 24].Select(string.Concat).Sample(
        text =>
        {
            if (TimestampParser.TryParse(Encoding.UTF8.GetBytes(text), out var time))
                Assert.True(time.Nanoseconds >= 0, text);
        },
        iter: 3000);
}
