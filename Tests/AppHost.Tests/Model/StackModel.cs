using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Observability.AppHost.Tests.Model;

/// <summary>The model that AppHost builds for some arguments, not started.</summary>
public abstract class StackModel(params string[] args) : IAsyncLifetime
{
    private IDistributedApplicationTestingBuilder? _builder;
    private DistributedApplication? _app;

    public DistributedApplicationModel Model => Services.GetRequiredService<DistributedApplicationModel>();

    public IServiceProvider Services => _app!.Services;

    public async ValueTask InitializeAsync()
    {
        _builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>(args);

        // An application that was never started says at its end that its start failed.
        _builder.Services.AddLogging(
            logging => logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None).AddFilter("Aspire.Hosting", LogLevel.Warning));
        _app = await _builder.BuildAsync();
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

    /// <summary>Removes what was made for the model.</summary>
    protected virtual void CleanUp()
    {
    }

    /// <summary>The resources' names. Those that Aspire adds for itself, such as what rebuilds a project, are of types that it keeps to
    /// itself.</summary>
    public IEnumerable<string> Names =>
        Model.Resources.Where(resource => resource.GetType().IsPublic).Select(resource => resource.Name).Order(StringComparer.Ordinal);

    public IResource this[string name] => Model.Resources.Single(resource => resource.Name == name);

    /// <summary>What a resource's environment is made of, with references as expressions such as <c>{loki.bindings.http.url}</c>.</summary>
    public async Task<IReadOnlyDictionary<string, string?>> EnvironmentAsync(string name)
    {
        var context = new EnvironmentCallbackContext(
            Services.GetRequiredService<DistributedApplicationExecutionContext>(), this[name],
            cancellationToken: TestContext.Current.CancellationToken);
        foreach (var callback in this[name].Annotations.OfType<EnvironmentCallbackAnnotation>())
            await callback.Callback(context);
        return context.EnvironmentVariables.ToDictionary(variable => variable.Key, variable => Expression(variable.Value));
    }

    /// <summary>A resource's arguments, with references as expressions.</summary>
    public async Task<IReadOnlyList<string?>> ArgumentsAsync(string name)
    {
        var arguments = new List<object>();
        var context = new CommandLineArgsCallbackContext(arguments, this[name], TestContext.Current.CancellationToken)
        {
            ExecutionContext = Services.GetRequiredService<DistributedApplicationExecutionContext>(),
        };
        foreach (var callback in this[name].Annotations.OfType<CommandLineArgsCallbackAnnotation>())
            await callback.Callback(context);
        return [.. arguments.Select(Expression)];
    }

    /// <summary>The files of the host that are copied into a container, by their paths in it.</summary>
    public async Task<IReadOnlyDictionary<string, ContainerFile>> CopiedFilesAsync(string name)
    {
        var files = new Dictionary<string, ContainerFile>();
        foreach (var annotation in this[name].Annotations.OfType<ContainerFileSystemCallbackAnnotation>()
            .Where(annotation => annotation.DestinationPath != PrometheusBuilderExtensions.TargetsDirectory))
        {
            var context = new ContainerFileSystemCallbackContext { Services = Services, Model = this[name] };
            Add(annotation.DestinationPath, await annotation.Callback(context, TestContext.Current.CancellationToken));
        }

        return files;

        void Add(string directory, IEnumerable<ContainerFileSystemItem> items)
        {
            foreach (var item in items)
            {
                var path = $"{directory}/{item.Name}";
                if (item is ContainerDirectory child)
                    Add(path, child.Entries);
                else
                    files.Add(path, (ContainerFile)item);
            }
        }
    }

    /// <summary>What a resource waits for.</summary>
    public IEnumerable<string> Waits(string name) =>
        this[name].Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource.Name).Distinct().Order(StringComparer.Ordinal);

    /// <summary>A resource's own commands, without those that Aspire gives to all.</summary>
    public IEnumerable<string> Commands(string name) =>
        this[name].Annotations.OfType<ResourceCommandAnnotation>().Select(command => command.Name);

    private static string? Expression(object value) =>
        value is IManifestExpressionProvider provider ? provider.ValueExpression : value.ToString();
}
