using System.CommandLine;
using Observability.ServiceDefaults.Settings;

namespace Observability.ServiceDefaults.Cli;

/// <summary>Runs a command.</summary>
/// <param name="settings">The settings of the command line: a source for the configuration, above all others.</param>
/// <param name="result">All arguments that are not settings.</param>
/// <param name="stop">Stops it: Ctrl-C or SIGTERM.</param>
/// <returns>The exit code.</returns>
public delegate Task<int> CommandAction(CommandLineSettings settings, ParseResult result, CancellationToken stop);
