namespace Observability.AppHost.Publishing;

/// <summary>A service's environment as the data of its ConfigMap: what a parameter decides refers to the chart's values.</summary>
internal static class ServiceEnvironment
{
    public static async Task<Dictionary<string, string>> ReadAsync(IResource service, ChartValues values, DistributedApplicationExecutionContext execution, int port, CancellationToken cancellationToken)
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
            string text => values.Config(service.Name, name, text),
            IResourceBuilder<ParameterResource> parameter => await TextAsync(name, parameter.Resource),
            ParameterResource parameter => values.Config(service.Name, parameter.Name, await parameter.GetValueAsync(cancellationToken)),
            ConnectionStringReference connection => await TextAsync(name, connection.Resource.ConnectionStringExpression),
            ReferenceExpression expression => string.Format(
                System.Globalization.CultureInfo.InvariantCulture, expression.Format, [.. await Task.WhenAll(expression.ValueProviders.Select(part => TextAsync(name, part)))]),
            EndpointReferenceExpression { Property: EndpointProperty.TargetPort or EndpointProperty.Port } => port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ => throw new DistributedApplicationException($"{service.Name}: {name} cannot be published: {value.GetType().Name}"),
        };
    }
}
