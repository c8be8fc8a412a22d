namespace Observability.AllInOne.Hosting;

/// <summary>A port to listen on is taken. The message is one line that says which, and what to do.</summary>
internal sealed class PortInUseException(int port, string option, Exception cause)
    : Exception($"127.0.0.1:{port} cannot be listened on ({cause.Message}): choose another port with {option}, or 0 for any that is free", cause);
