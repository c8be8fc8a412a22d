using Observability.Embedded.EmbeddedLoki.Errors;
using Observability.Embedded.EmbeddedLoki.Go;

namespace Observability.Embedded.Tests.EmbeddedLoki.Go;

/// <summary>What a pattern means to Go, from the documentation of regexp/syntax; each row has a text that matches and one that does
/// not.</summary>
public sealed class GoRegexTests
{
    [Theory]
    // Single characters.
    [InlineData(@"^a.c$", "a\u00e9c", "a\nc")]
    [InlineData(@"(?s)^a.c$", "a\nc", "ac")]
    [InlineData(@"^.$", "\U0001F30D", "\U0001F30D\U0001F30D")]
    [InlineData(@"^.{2}$", "\U0001F30Dx", "\U0001F30D")]
    [InlineData(@"^[^x]$", "\U0001F30D", "x")]
    [InlineData("^[\U0001F300-\U0001F3FF]+$", "\U0001F30D\U0001F355", "\U0001F600")]
    // Classes are ASCII's.
    [InlineData(@"^\d$", "7", "\u0667")]
    [InlineData(@"^\w+$", "a_1", "gr\u00f6\u00dfe")]
    [InlineData(@"^\s$", "\t", "\u00a0")]
    [InlineData(@"^\S$", "\u00a0", " ")]
    [InlineData(@"^[[:digit:]]+$", "12", "1a")]
    [InlineData(@"^[[:^alpha:]]+$", "12 \u00e9", "1a")]
    [InlineData(@"^[[:word:]-]+$", "a-b_1", "a b")]
    [InlineData(@"^[\d.]+$", "1.2", "1x2")]
    [InlineData(@"^[^\d\s]+$", "ab", "a b")]
    [InlineData(@"^[]a]+$", "]a", "b")]
    [InlineData(@"^[^]a]+$", "b", "]")]
    [InlineData(@"^[a-]+$", "a-", "b")]
    // Unicode's.
    [InlineData(@"^\pL+$", "\u03a9mega", "1")]
    [InlineData(@"^\p{Lu}$", "\u00c9", "\u00e9")]
    [InlineData(@"^\PL+$", "12 ", "a")]
    [InlineData(@"^\p{^L}+$", "12 ", "a")]
    [InlineData(@"^\p{Greek}+$", "\u03a9\u03b1", "Oa")]
    [InlineData(@"^\p{Han}+$", "\u65e5\u672c", "\u306e")]
    [InlineData(@"^[\p{Cyrillic}\d]+$", "\u0416" + "1", "Z")]
    // Escapes.
    [InlineData(@"^\Q1+1\E=2$", "1+1=2", "11=2")]
    [InlineData(@"^\Qa.b\E+$", "a.bbb", "axb")]
    [InlineData(@"^x\_y$", "x_y", "xy")]
    [InlineData(@"^\x41\x{3a9}\101$", "A\u03a9A", "A")]
    [InlineData(@"^\a\f\t\n\r\v$", "\a\f\t\n\r\v", "aftnrv")]
    [InlineData(@"^a{,2}$", "a{,2}", "aa")]
    // Repetition.
    [InlineData(@"^(?:ab){2,3}$", "abab", "ab")]
    [InlineData(@"^x{0}y$", "y", "xy")]
    // Places.
    [InlineData(@"a$", "ba", "a\n")]
    [InlineData(@"(?m)a$", "a\nb", "ab")]
    [InlineData(@"(?m)^b", "a\nb", "ab")]
    [InlineData(@"\Aa\z", "a", "a\n")]
    [InlineData(@"\bkey\b", "a key.", "monkeys")]
    [InlineData(@"\bb", "\u00e9b", "\u00e9ab")]
    [InlineData(@"a\Bb", "ab", "a b")]
    // Flags reach to the end of their group.
    [InlineData(@"^(?i)\u212a?k$", "K", "x")]
    [InlineData(@"(?i)^stra\x{df}e$", "STRA\u1e9eE", "strasse")]
    [InlineData(@"^a(?i)b|c$", "C", "A")]
    [InlineData(@"^(?i:a)b$", "Ab", "AB")]
    [InlineData(@"^(?i)a(?-i)b$", "Ab", "AB")]
    [InlineData(@"^(?i)[k-l]$", "\u212a", "j")]
    public void A_pattern_means_what_it_means_to_Go(string pattern, string match, string other)
    {
        var regex = GoRegex.Anywhere(pattern.Replace(@"\u212a", "\u212a", StringComparison.Ordinal));
        Assert.True(regex.IsMatch(match), $"{pattern} should match {match}");
        Assert.False(regex.IsMatch(other), $"{pattern} should not match {other}");
    }

    [Theory]
    [InlineData(@"(?U)a.*b", "axbxb", "axb")]
    [InlineData(@"(?U)a.*?b", "axbxb", "axbxb")]
    [InlineData(@"a.*?b", "axbxb", "axb")]
    [InlineData(@"a|ab", "ab", "a")]
    public void The_first_match_is_Gos(string pattern, string text,
        string match) => Assert.Equal(match, GoRegex.Anywhere(pattern).Match(text).Value);

    [Theory]
    [InlineData(@"(?x)a b", "invalid or unsupported Perl syntax: `(?x`")]
    [InlineData(@"(?n)a", "invalid or unsupported Perl syntax: `(?n`")]
    [InlineData(@"a(?#note)", "invalid or unsupported Perl syntax: `(?#`")]
    [InlineData(@"(?=a)", "invalid or unsupported Perl syntax: `(?=`")]
    [InlineData(@"(?<!a)", "invalid named capture: `(?<!a)`")]
    [InlineData(@"(?P<a-b>c)", "invalid named capture: `(?P<a-b>`")]
    [InlineData(@"(?P<a>b)(?P<a>c)", "invalid named capture: `a`")]
    [InlineData(@"(a)\1", @"invalid escape sequence: `\1`")]
    [InlineData(@"b\Z", @"invalid escape sequence: `\Z`")]
    [InlineData(@"\u0041", @"invalid escape sequence: `\u`")]
    [InlineData(@"\C", @"invalid escape sequence: `\C`")]
    [InlineData(@"a\", "trailing backslash at end of expression: ``")]
    [InlineData(@"x{1001}", "invalid repeat count: `{1001}`")]
    [InlineData(@"x{2,1}", "invalid repeat count: `{2,1}`")]
    [InlineData(@"a**", "invalid nested repetition operator: `**`")]
    [InlineData(@"*a", "missing argument to repetition operator: `*`")]
    [InlineData(@"(|+)", "missing argument to repetition operator: `+`")]
    [InlineData(@"(a", "missing closing ): `(a`")]
    [InlineData(@"a)", "unexpected ): `a)`")]
    [InlineData(@"[a", "missing closing ]: `[a`")]
    [InlineData(@"[b-a]", "invalid character class range: `b-a`")]
    [InlineData(@"[[:no:]]", "invalid character class range: `[:no:]`")]
    [InlineData(@"\p{No_Such}", @"invalid character class range: `\p{No_Such}`")]
    [InlineData(@"((((x{100}){100}){100}){100})", "expression too large: `((((x{100}){100}){100}){100})`")]
    public void What_Go_refuses_is_refused_in_its_words(string pattern, string error) =>
        Assert.Equal($"error parsing regexp: {error}", Assert.Throws<FormatException>(() => GoRegex.Anywhere(pattern)).Message);

    [Fact]
    public void A_matcher_needs_the_whole_value_and_its_dot_takes_a_line_feed_in_a_selector_alone()
    {
        Assert.True(GoRegex.Selector("a|b.c").IsMatch("b\nc"));
        Assert.False(GoRegex.Selector("a|b").IsMatch("ab"));
        Assert.False(GoRegex.Whole("b.c").IsMatch("b\nc"));
    }

    [Theory]
    [InlineData(@"(\w+)=(?P<v>\w+)", "a=1 b=2", "${2}:$1", "1:a 2:b")]
    [InlineData(@"(\w+)=(?P<v>\w+)", "a=1", "<${v}$$>", "<1$>")]
    [InlineData(@"(\w)", "ab", "$1x", "")]
    [InlineData(@"(\w)", "ab", "${1}x$3", "axbx")]
    [InlineData(@"a*", "baac", "x", "xbxcx")]
    public void A_replacement_names_groups_as_Gos_does(string pattern, string text, string template, string result) =>
        Assert.Equal(result, GoRegex.Anywhere(pattern).Replace(text, template));

    [Fact]
    public void A_boundary_on_a_text_beyond_ASCII_is_found_in_bounded_time()
    {
        var regex = GoRegex.Anywhere(@"\b(a|a)*\bx");
        try
        {
            Assert.False(regex.IsMatch(new string('a', 200) + "\u00e9"));
        }
        catch (LogQlException exception)
        {
            Assert.Contains("takes too long", exception.Message, StringComparison.Ordinal);
        }
    }
}
