namespace Observability.AppHost.Embedded;

/// <summary>The connection to an embedded part. It bears the part's name and is no resource of its own, so that the model looks as it does
/// with containers.</summary>
/// <param name="part">The part.</param>
/// <param name="connectionString">Its connection string.</param>
internal sealed class EmbeddedConnection(IResource part, ReferenceExpression connectionString)
    : Resource(part.Name), IResourceWithConnectionString
{
    public ReferenceExpression ConnectionStringExpression => connectionString;
}
