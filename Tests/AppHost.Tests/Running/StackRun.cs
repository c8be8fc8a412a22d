using System.Globalization;
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
        // As outside of tests: the dashboard asks for a command's arguments.
        _builder.Configuration["ASPIRE_INTERACTIVITY_ENABLED"] = bool.TrueString;
        // What was sent again comes at once here; five seconds for each of a dozen verifications are a minute.
        var generator = _builder.Resources.OfType<ProjectResource>().Single(resource => resource.Name == "log-generator");
        _builder.CreateResourceBuilder(generator).WithEnvironment("LogGenerator__Verify__Settle", "1s");
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

    /// <summary>Runs a command as the dashboard does, with the defaults of all arguments that are not given.</summary>
    public Task<ExecuteCommandResult> ExecuteAsync(string resource, string command, params (string Name, int Value)[] arguments)
    {
        var inputs = CommandOf(resource, command).Arguments.Select(input => new InteractionInput
        {
            Name = input.Name,
            InputType = input.InputType,
            Value = arguments.FirstOrDefault(argument => argument.Name == input.Name) is { Name: not null } given
                ? given.Value.ToString(CultureInfo.InvariantCulture)
                : input.Value,
        });
        return App.Services.GetRequiredService<ResourceCommandService>().ExecuteCommandAsync(
            resource, command, new InteractionInputCollection([.. inputs]), TestContext.Current.CancellationToken);
    }

    /// <summary>A command of the model.</summary>
    public ResourceCommandAnnotation CommandOf(string resource, string command) => App.Services
        .GetRequiredService<DistributedApplicationModel>().Resources.Single(known => known.Name == resource)
        .Annotations.OfType<ResourceCommandAnnotation>().Single(known => known.Name == command);

    /// <summary>Removes what was made for the run.</summary>
    protected virtual void CleanUp()
    {
    }
}
