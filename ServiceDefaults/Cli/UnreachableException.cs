namespace Observability.ServiceDefaults.Cli;

/// <summary>Something that a command needs cannot be reached; ends the program with <see cref="ExitCode.Unreachable"/>.</summary>
/// <param name="message">One line that says what, where, and why.</param>
/// <param name="inner">The cause.</param>
public sealed class UnreachableException(string message, Exception? inner = null) : Exception(message, inner);
