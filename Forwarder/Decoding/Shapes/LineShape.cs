namespace Observability.Forwarder.Decoding.Shapes;

/// <summary>
/// The fields by which the lines of a logger, a server or a shipper are recognised, and those that hold what a line is labelled by. A
/// nested field is named by the path to it, joined by dots, which also finds a field whose name has the dots in it.
/// </summary>
/// <param name="Name">What writes such lines.</param>
/// <param name="Marks">The fields that a line must have to be of this shape.</param>
internal sealed record LineShape(string Name, params string[] Marks)
{
    /// <summary>Fields that hold the time, the best one first.</summary>
    public string[] Time { get; init; } = [];

    /// <summary>A field that holds the nanoseconds that belong to a time in whole seconds.</summary>
    public string? Nanoseconds { get; init; }

    /// <summary>Fields that hold the level, the best one first.</summary>
    public string[] Level { get; init; } = [];

    /// <summary>What a level that is a number means.</summary>
    public LevelScale Scale { get; init; }

    /// <summary>The level of a line without a level, where its logger leaves out the most usual one.</summary>
    public string? DefaultLevel { get; init; }

    /// <summary>Fields that name the service.</summary>
    public string[] Service { get; init; } = [];

    /// <summary>Fields that name the namespace.</summary>
    public string[] Namespace { get; init; } = [];

    /// <summary>Fields that name the pod.</summary>
    public string[] Pod { get; init; } = [];

    /// <summary>Fields that name the container.</summary>
    public string[] Container { get; init; } = [];

    /// <summary>Fields that name the node.</summary>
    public string[] Node { get; init; } = [];

    /// <summary>The field that holds the message. In an envelope the message is a line of its own, which is looked at for what the envelope
    /// lacks.</summary>
    public string? Message { get; init; }

    /// <summary>Whether it is an envelope: what a shipper or a container engine puts around somebody else's line.</summary>
    public bool IsEnvelope { get; init; }

    /// <summary>The fields for a label or for structured metadata of this name; empty for names that shapes know nothing of.</summary>
    public IReadOnlyList<string> SourcesOf(string target) => target switch
    {
        "service" => Service,
        "namespace" => Namespace,
        "pod" => Pod,
        "container" => Container,
        "node" => Node,
        "level" => Level,
        _ => [],
    };

    /// <summary>Every field that it names.</summary>
    public IEnumerable<string> Fields =>
        [.. Marks, .. Time, .. Level, .. Service, .. Namespace, .. Pod, .. Container, .. Node,
            .. Nanoseconds is null ? (string[])[] : [Nanoseconds], .. IsEnvelope ? (string[])[Message!] : []];
}
