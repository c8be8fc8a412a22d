namespace Observability.AppHost.Configuration;

/// <summary>What <c>Stack:Containers</c> asks for.</summary>
internal enum ContainerChoice
{
    /// <summary>Containers where a runtime answers, the embedded parts elsewhere.</summary>
    Auto,

    /// <summary>Containers, come what may.</summary>
    True,

    /// <summary>The embedded parts, even where a runtime is.</summary>
    False,
}
