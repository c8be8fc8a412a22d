using System.Text.RegularExpressions;

namespace Observability.Architecture.Tests;

/// <summary>The rooms of one project in their order, as <c>docs/architecture.md</c> lists them: each may refer to those before
/// it.</summary>
/// <param name="Project">The project, such as <c>Forwarder</c>, or a folder of one that has rooms of its own.</param>
/// <param name="Names">The folders below it, the first one first.</param>
public sealed partial record Rooms(string Project, IReadOnlyList<string> Names)
{
    /// <summary>Where the order is written down.</summary>
    public const string Page = "docs/architecture.md";

    /// <summary>The orders that the page lists: lines such as <c>Forwarder: Settings → Wire → Kafka</c> in its blocks named
    /// <c>rooms</c>.</summary>
    public static IReadOnlyList<Rooms> All { get; } =
    [
        .. Block().Matches(Repository.Read(Page))
            .SelectMany(block =>
                block.Groups["lines"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Select(line => line.Split(": ", 2))
            .Select(parts => new Rooms(parts[0], parts[1].Split(" → ", StringSplitOptions.TrimEntries))),
    ];

    /// <summary>The rooms' namespace.</summary>
    public string Namespace => "Observability." + Project.Replace('/', '.');

    /// <summary>The place of a room in the order; after all of them for the files beside the rooms, which put them together.</summary>
    /// <param name="room">The folder's name; empty for the files beside the folders.</param>
    public int PlaceOf(string room) => room.Length == 0 ? Names.Count : Names.ToList().IndexOf(room);

    /// <summary>The source files below a room, generated ones left out; with an empty name, those beside the rooms.</summary>
    /// <param name="room">The folder's name.</param>
    public IEnumerable<string> Files(string room) =>
        room.Length == 0
            ? Source.Files(Project).Where(file => Path.GetDirectoryName(file)!.Replace('\\', '/') == Project)
            : Source.Files($"{Project}/{room}");

    /// <inheritdoc/>
    public override string ToString() => Project;

    [GeneratedRegex("^```rooms\n(?<lines>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
