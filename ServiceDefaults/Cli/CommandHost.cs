using System.CommandLine;
using System.CommandLine.Help;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Cli;

/// <summary>
/// What the command lines of all programs share: options and <c>--Section:Key=value</c> are settings, signals stop a command,
/// and whatever is wrong becomes one line on standard error and an <see cref="ExitCode"/>.
/// </summary>
public sealed class CommandHost
{
    private readonly RootCommand _root;
    private readonly TextWriter _output;
    private readonly TextWriter _error;
    private readonly SettingsHelp _help;
    private readonly HashSet<string> _sections = new(StringComparer.OrdinalIgnoreCase);
    private readonly CommandLineSettings _settings = new();

    /// <param name="root">The command line; commands are added to it by <see cref="Add"/>.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    public CommandHost(RootCommand root, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(root);
        (_root, _output, _error) = (root, output, error);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = _help = new SettingsHelp((HelpAction)help.Action!);
    }

    /// <summary>Gives a command its settings, its options and its action.</summary>
    /// <param name="command">The root or a command below it.</param>
    /// <param name="settings">The settings that it reads, for its help; their sections are those that its arguments may name.</param>
    /// <param name="options">Short names of some of them.</param>
    /// <param name="run">Runs it with the settings of the command line, and gives the exit code.</param>
    public void Add(Command command, IReadOnlyList<Setting> settings, IReadOnlyList<SettingOption> options, CommandAction run)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(settings);

        foreach (var option in options)
            command.Options.Add(option);
        _help.Add(command, settings);
        _sections.UnionWith(settings.Select(setting => setting.Key.Split(':')[0]));
        command.SetAction((result, stop) => GuardAsync(() =>
        {
            foreach (var option in options)
                option.AddTo(_settings, result);
            return run(_settings, result, stop);
        }, stop));
        if (command != _root)
            _root.Subcommands.Add(command);
    }

    /// <summary>Runs a command line, once.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="cancellationToken">Stops it as a signal does.</param>
    /// <returns>The exit code.</returns>
    public Task<int> RunAsync(string[] args, CancellationToken cancellationToken) => GuardAsync(async () =>
    {
        var parsed = _root.Parse(SettingArguments.Split(args, _sections, _settings));
        if (parsed.Errors is [var error, ..])
        {
            await _error.WriteLineAsync($"{error.Message.TrimEnd('.')}. See --help.");
            return ExitCode.Usage;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return await parsed.InvokeAsync(new() { Output = _output, Error = _error, ProcessTerminationTimeout = null }, stop.Token);

        // The first signal is a request, the second one is obeyed at once.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            if (stop.IsCancellationRequested)
                Environment.Exit(ExitCode.Interrupted);
            stop.Cancel();
        }
    }, cancellationToken);

    private async Task<int> GuardAsync(Func<Task<int>> run, CancellationToken stop)
    {
        try
        {
            return await run();
        }
        catch (Exception exception) when (Judge(exception, stop) is { } code)
        {
            if (code != ExitCode.Interrupted)
                await _error.WriteLineAsync(Line(exception));
            return code;
        }
    }

    private static int? Judge(Exception exception, CancellationToken stop) => exception switch
    {
        SettingsException or PortInUseException => ExitCode.Usage,
        IOException { InnerException: AddressInUseException } or SocketException => ExitCode.Usage,
        UnreachableException => ExitCode.Unreachable,
        OperationCanceledException when stop.IsCancellationRequested => ExitCode.Interrupted,
        IOException => ExitCode.Failed,
        _ => null,
    };

    // Kestrel: "Failed to bind to address http://127.0.0.1:80: address already in use."
    private static string Line(Exception exception) => exception switch
    {
        IOException { InnerException: AddressInUseException } =>
            $"{exception.Message.TrimEnd('.')}: choose another with --urls http://127.0.0.1:PORT",
        SocketException => $"The address of --urls cannot be listened on: {exception.Message}",
        _ => exception.Message,
    };
}
