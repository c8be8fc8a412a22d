using System.Text.RegularExpressions;

namespace Observability.ServiceDefaults.Settings;

/// <summary>URLs as they may be shown.</summary>
public static partial class Urls
{
    /// <summary>A text without the login of the URLs in it: <c>http://user:password@host</c> becomes <c>http://***@host</c>.</summary>
    /// <param name="text">A URL, or a sentence with URLs.</param>
    public static string WithoutLogin(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Login().Replace(text, "://***@");
    }

    /// <summary>A URL without its login.</summary>
    /// <param name="url">The URL.</param>
    public static Uri WithoutLogin(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return url.UserInfo.Length == 0 ? url : new UriBuilder(url) { UserName = "", Password = "" }.Uri;
    }

    [GeneratedRegex(@"://[^/\s?#]*@", RegexOptions.CultureInvariant)]
    private static partial Regex Login();
}
