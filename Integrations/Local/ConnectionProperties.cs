namespace Aspire.Hosting.ApplicationModel;

/// <summary>The connection properties of a resource that others reach by one HTTP endpoint.</summary>
internal static class ConnectionProperties
{
    /// <summary><c>Host</c>, <c>Port</c> and <c>Uri</c> of an endpoint.</summary>
    public static IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties(this EndpointReference endpoint)
    {
        yield return new("Host", ReferenceExpression.Create($"{endpoint.Property(EndpointProperty.Host)}"));
        yield return new("Port", ReferenceExpression.Create($"{endpoint.Property(EndpointProperty.Port)}"));
        yield return new("Uri", ReferenceExpression.Create($"{endpoint.Property(EndpointProperty.Url)}"));
    }
}
