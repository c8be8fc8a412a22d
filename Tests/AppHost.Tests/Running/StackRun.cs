using Microsoft.Extensions.DependencyInjection;

namespace Observability.AppHost.Tests.Running;

/// <summary>The stack that AppHost starts for some arguments, healthy from end to end.</summary>
public abstract class StackRun(params string[] args) : IAsyncLifetime
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(10);

    private IDistributedApplicationTestingBuilder? _builder;
    private DistributedApplication? _app;

    /// <summary>Why the stack cannot run on this machine; null if it can.</summary>
    public virtual string? Missing => null;

    public DistributedApplication App => _app!;

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null)
            return;

        using var limit = new CancellationTokenSource(StartLimit);
        _builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(
            new DistributedApplicationTestingBuilderOptions { EnableDashboard = true }, args, limit.Token);
        _app = await _builder.BuildAsync(limit.Token);
        await _app.StartAsync(limit.Token);
        foreach (var service in new[] { "log-generator", "forwarder" })
            await _app.ResourceNotifications.WaitForResourceHealthyAsync(service, limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        if (_builder is not null)
            await _builder.DisposeAsync();
        CleanUp();
        GC.SuppressFinalize(this);
    }

    /// <summary>Removes what was made for the run.</summary>
    protected virtual void CleanUp()
    {
    }

    /// <summary>Runs a command as the dashboard does.</summary>
    public Task<ExecuteCommandResult> ExecuteAsync(string resource,
        string command) => App.Services.GetRequiredService<ResourceCommandService>()
        .ExecuteCommandAsync(resource, command, TestContext.Current.CancellationToken);
}
