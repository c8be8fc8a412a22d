namespace Observability.ServiceDefaults.Cli;

/// <summary>An address to listen on is taken, or cannot be listened on. The message is one line that says which, and what to do.</summary>
/// <param name="address">The address.</param>
/// <param name="cause">Why it cannot be listened on, in the system's words.</param>
/// <param name="option">The option that chooses another.</param>
/// <param name="inner">The cause.</param>
public sealed class PortInUseException(string address, string cause, string option, Exception inner)
    : Exception($"{address} cannot be listened on ({cause}): choose another with {option}", inner);
