using Microsoft.Extensions.Configuration;
using Observability.ServiceDefaults.Loki;
using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Tests.Loki;

public sealed class LokiEndpointTests
{
    [Theory]
    [InlineData("http://127.0.0.1:3100", "http://127.0.0.1:3100/loki/api/v1/push")]
    [InlineData("https://logs.example/prefix", "https://logs.example/prefix/loki/api/v1/push")]
    [InlineData("https://logs.example/prefix/", "https://logs.example/prefix/loki/api/v1/push")]
    public void Api_paths_are_appended_to_a_path_prefix(string connection, string expected) =>
        Assert.Equal(expected, new Uri(Parse(connection), "loki/api/v1/push").ToString());

    [Theory]
    [InlineData(null, "not set")]
    [InlineData("", "not set")]
    [InlineData("127.0.0.1:3100", "'127.0.0.1:3100'")]
    [InlineData("ftp://127.0.0.1", "'ftp://127.0.0.1'")]
    [InlineData("ftp://me:secret@127.0.0.1", "'ftp://***@127.0.0.1'")]
    public void Anything_else_is_refused_with_the_setting_and_its_value(string? connection, string shown) => Assert.Equal(
        $"ConnectionStrings:loki is {shown}: it must be the http or https URL of Loki, such as http://127.0.0.1:3100",
        Assert.Throws<SettingsException>(() => Parse(connection)).Message);

    [Theory]
    [InlineData("http://127.0.0.1:3100/loki/api/v1/push", "http://127.0.0.1:3100/loki/api/v1/push", "http://127.0.0.1:3100/")]
    [InlineData("https://me:secret@logs.example/prefix/loki/api/v1/push", "https://***@logs.example/prefix/loki/api/v1/push",
        "https://logs.example/prefix")]
    public void The_address_of_the_push_api_is_refused_with_the_base_url_that_is_meant(string connection, string shown,
        string meant) => Assert.Equal(
        $"ConnectionStrings:loki is '{shown}': it must be Loki's base URL, here {meant}",
        Assert.Throws<SettingsException>(() => Parse(connection)).Message);

    private static Uri Parse(string? connection) => LokiEndpoint.Parse(
        new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:loki", connection)]).Build());
}
