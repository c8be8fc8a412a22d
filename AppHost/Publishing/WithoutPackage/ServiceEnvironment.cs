using System.Globalization;

namespace Observability.AppHost.Publishing;

/// <summary>A service's environment as the data of its ConfigMap: each value that can be set refers to the chart's values.</summary>
internal static class ServiceEnvironment
{
    /// <summary>Reads the environment.</summary>
    /// <exception cref="DistributedApplicationException">A value is of a kind that cannot be in a ConfigMap, such as a secret.</exception>
    public static async Task<Dictionary<string, string>> ReadAsync(
        IResource service, ChartValues values, DistributedApplicationExecutionContext execution, CancellationToken cancellationToken)
    {
        var context = new EnvironmentCallbackContext(execution, service, cancellationToken: cancellationToken);
        foreach (var annotation in service.Annotations.OfType<EnvironmentCallbackAnnotation>())
            await annotation.Callback(context);

        var data = new Dictionary<string, string>();
        foreach (var (name, value) in context.EnvironmentVariables)
            data[name] = await TextAsync(name, value);
        return data;

        async Task<string> TextAsync(string name, object value) => value switch
        {
            string text => values.Setting(service.Name, name, text),
            IResourceBuilder<ParameterResource> parameter => await TextAsync(name, parameter.Resource),
            ParameterResource { Secret: false } parameter =>
                values.Setting(service.Name, parameter.Name, await parameter.GetValueAsync(cancellationToken) ?? ""),
            ConnectionStringReference connection => await TextAsync(name, connection.Resource.ConnectionStringExpression),
            ReferenceExpression expression => await FormatAsync(name, expression),
            EndpointReferenceExpression { Property: EndpointProperty.TargetPort or EndpointProperty.Port } =>
                PublishedService.Port.ToString(CultureInfo.InvariantCulture),
            _ => throw new DistributedApplicationException(
                $"{service.Name}: {name} cannot be published: no ConfigMap can hold a {value.GetType().Name}"),
        };

        async Task<string> FormatAsync(string name, ReferenceExpression expression)
        {
            var parts = new List<object>();
            foreach (var part in expression.ValueProviders)
                parts.Add(await TextAsync(name, part));
            return string.Format(CultureInfo.InvariantCulture, expression.Format, [.. parts]);
        }
    }
}
