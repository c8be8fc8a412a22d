using Microsoft.Extensions.Hosting;

namespace Observability.ServiceDefaults.Cli;

/// <summary>
/// Whether the host has started. It also takes the place of the host's own handling of signals, which is <see cref="CommandHost"/>'s.
/// </summary>
internal sealed class HostStart : IHostLifetime
{
    private volatile bool _isOver;

    public bool IsOver
    {
        get => _isOver;
        set => _isOver = value;
    }

    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
