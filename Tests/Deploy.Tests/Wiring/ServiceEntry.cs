namespace Observability.Deploy.Tests.Wiring;

/// <summary>A row of the table of services in deploy/README.md.</summary>
/// <param name="Name">The Service's name.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Port">The port it listens on.</param>
/// <param name="Release">The release of an upstream chart that makes it; empty when something else does.</param>
/// <param name="Option">The value of an option of deploy/up without which it is not there; empty when it always is.</param>
internal sealed record ServiceEntry(string Name, string Namespace, int Port, string Release, string Option)
{
    /// <summary>Whether it is there when deploy/up is run with these options.</summary>
    public bool IsThere(string options) => Option switch
    {
        "" => true,
        "simple-scalable" => !options.Contains("monolithic", StringComparison.Ordinal),
        _ => options.Contains(Option, StringComparison.Ordinal),
    };
}
