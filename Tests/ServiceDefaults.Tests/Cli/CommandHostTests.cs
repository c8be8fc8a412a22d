using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Observability.ServiceDefaults.Cli;
using Observability.ServiceDefaults.Settings;
using Observability.ServiceDefaults.Tests.Settings;

namespace Observability.ServiceDefaults.Tests.Cli;

public sealed class CommandHostTests
{
    [Theory]
    [InlineData("--count 7")]
    [InlineData("--Sample:Count=7")]
    [InlineData("--sample:count 7")]
    [InlineData("sub --Sample:Count=7")]
    public async Task Options_and_settings_among_the_arguments_are_settings(string args)
    {
        var count = 0;

        var (code, _, error) = await RunAsync(args, settings => count = Read(settings).Count);

        Assert.Equal((0, "", 7), (code, error, count));
    }

    [Theory]
    [InlineData("--count 0", "--count is '0': it must be a whole number from 1 to 64")]
    [InlineData("--Sample:Count=0", "--Sample:Count is '0': it must be a whole number from 1 to 64")]
    [InlineData("--Sample:Cuont=1", "--Sample:Cuont is no setting: did you mean Sample:Count?")]
    [InlineData("--Smaple:Count=1", "--Smaple:Count is no setting: did you mean Sample:…?")]
    [InlineData("--Sample:Count", "--Sample:Count has no value: write --Sample:Count=VALUE")]
    [InlineData("--cuont 1", "Unrecognized command or argument '--cuont'. See --help.")]
    [InlineData("nonsense", "Unrecognized command or argument 'nonsense'. See --help.")]
    [InlineData("sub --number many", "Cannot parse argument 'many' for option '--number' as expected type 'System.Int32'. See --help.")]
    public async Task What_is_wrong_is_one_line_and_2(string args, string expected)
    {
        var (code, output, error) = await RunAsync(args, settings => Read(settings));

        Assert.Equal((2, "", expected), (code, output, error.TrimEnd()));
    }

    [Fact]
    public async Task What_cannot_be_reached_is_one_line_and_3()
    {
        var (code, output, error) = await RunAsync("", _ => throw new UnreachableException("It is away."));

        Assert.Equal((3, "", "It is away."), (code, output, error.TrimEnd()));
    }

    [Fact]
    public async Task A_stop_is_130_and_silent()
    {
        using var stop = new CancellationTokenSource();
        var (code, output, error) = await RunAsync("", _ =>
        {
            stop.Cancel();
            stop.Token.ThrowIfCancellationRequested();
        }, stop);

        Assert.Equal((130, "", ""), (code, output, error));
    }

    [Fact]
    public async Task A_port_in_use_is_one_line_and_2_and_nothing_else_is_written()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";

        var (code, output, error) = await RunHostAsync(url, TestContext.Current.CancellationToken);

        Assert.Equal((2, $"Failed to bind to address {url}: address already in use: choose another with --urls http://127.0.0.1:PORT"),
            (code, error.TrimEnd()));
        Assert.Empty(output);
    }

    [Fact]
    public async Task A_stop_before_the_start_is_over_ends_without_a_word()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        Assert.Equal((0, "", ""), await RunHostAsync("http://127.0.0.1:0", stop.Token));
    }

    [Fact]
    public async Task Help_lists_the_settings_in_columns_and_the_exit_codes()
    {
        var (code, output, _) = await RunAsync("--help", _ => { });

        Assert.Equal(0, code);
        Assert.Contains("--count <N>", output, StringComparison.Ordinal);
        Assert.Contains("how many; 1 to 64 (default 4)", output, StringComparison.Ordinal);
        Assert.Contains($"  {"Sample:Age",-40}  how long; 10ms to 1h [500ms]", output, StringComparison.Ordinal);
        Assert.Contains("Exit codes: 0 all is well;", output, StringComparison.Ordinal);
        Assert.All(output.Split('\n'), line => Assert.True(line.Length <= 100, line));
    }

    private static Sample Read(CommandLineSettings settings) =>
        SettingsReader.Read<Sample>(new ConfigurationBuilder().Add(settings).Build());

    private static async Task<(int Code, string Output, string Error)> RunAsync(string args, Action<CommandLineSettings> run,
        CancellationTokenSource? stop = null)
    {
        using StringWriter output = new(), error = new();
        var root = new RootCommand("A sample.");
        var host = new CommandHost(root, output, error);
        Add(root);
        var sub = new Command("sub", "A command below it.");
        sub.Options.Add(new Option<int>("--number"));
        Add(sub);
        var code = await host.RunAsync(args.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            stop?.Token ?? TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());

        void Add(Command command) => host.Add(
            command, SettingsReader.Describe<Sample>(), [new("--count", SettingsReader.Describe<Sample>("Count"))], (settings, _, _) =>
            {
                run(settings);
                return Task.FromResult(ExitCode.Success);
            });
    }

    [Fact]
    public async Task A_host_that_stops_itself_before_all_of_it_has_started_ends_as_one_that_had()
    {
        var run = await RunHostAsync(
            "http://127.0.0.1:0", TestContext.Current.CancellationToken, services => services.AddHostedService<EndsAtOnce>());

        Assert.Equal((ExitCode.Success, "", ""), run);
    }

    private static async Task<(int Code, string Output, string Error)> RunHostAsync(
        string url, CancellationToken stop, Action<IServiceCollection>? configure = null)
    {
        using StringWriter output = new(), error = new();
        var root = new RootCommand("A sample.");
        var host = new CommandHost(root, output, error);
        var log = new List<string>();
        host.Add(root, SettingsReader.Describe<Sample>(), [], async (settings, _, token) =>
        {
            var builder = WebApplication.CreateBuilder();
            builder.UseCommandLine(settings);
            builder.Logging.Services.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(new ListLogger(log));
            builder.WebHost.UseUrls(url);
            configure?.Invoke(builder.Services);
            await using var app = builder.Build();
            await app.RunUntilStoppedAsync(token);
            return ExitCode.Success;
        });
        var code = await host.RunAsync([], stop);
        return (code, output + string.Concat(log.Where(line => !line.Contains("Microsoft.Hosting.Lifetime", StringComparison.Ordinal))),
            error.ToString());
    }

    private sealed class EndsAtOnce(IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.StopApplication();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
