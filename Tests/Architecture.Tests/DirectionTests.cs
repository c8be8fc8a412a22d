using System.Text.RegularExpressions;

namespace Observability.Architecture.Tests;

/// <summary>Holds the order of the rooms that <c>docs/architecture.md</c> draws: no folder reaches back.</summary>
public sealed partial class DirectionTests
{
    public static TheoryData<Rooms> Orders => [.. Rooms.All];

    [Fact]
    public void The_page_lists_the_rooms_of_the_Forwarder() => Assert.Contains(Rooms.All, rooms => rooms.Project == "Forwarder");

    [Theory]
    [MemberData(nameof(Orders))]
    public void Every_folder_is_a_room_of_the_page_and_every_room_a_folder(Rooms rooms)
    {
        ArgumentNullException.ThrowIfNull(rooms);
        var folders = Source.Files(rooms.Project)
            .Select(file => file[(rooms.Project.Length + 1)..].Split('/'))
            .Where(parts => parts.Length > 1)
            .Select(parts => parts[0])
            .Distinct();

        Assert.Equal(rooms.Names.Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public void A_room_refers_only_to_the_rooms_before_it(Rooms rooms)
    {
        ArgumentNullException.ThrowIfNull(rooms);

        var backwards = rooms.Names.SelectMany(room => rooms.Files(room).SelectMany(file => Backwards(rooms, room, file))).ToList();

        Assert.True(backwards.Count == 0, string.Join(Environment.NewLine, backwards));
    }

    private static IEnumerable<string> Backwards(Rooms rooms, string room, string file)
    {
        var text = Repository.Read(file);
        var used = Using().Matches(text).Select(match => match.Groups["name"].Value)
            .Where(name => name.StartsWith(rooms.Namespace + '.', StringComparison.Ordinal))
            .Select(name => name[(rooms.Namespace.Length + 1)..].Split('.')[0]);
        foreach (var other in used.Where(other => rooms.PlaceOf(other) > rooms.PlaceOf(room)).Distinct())
            yield return $"{file} refers to {other}, which stands behind {room}";

        // A name that begins with a sibling's needs no using either.
        foreach (var other in rooms.Names.Where(other => rooms.PlaceOf(other) > rooms.PlaceOf(room)))
        {
            var types = string.Join('|', rooms.Files(other).SelectMany(behind => Source.Types(Repository.Read(behind))).Distinct());
            if (types.Length > 0 && Code(text).Any(line => Regex.IsMatch(line, $@"\b{other}(\.\w+)*\.({types})\b")))
                yield return $"{file} refers to {other}, which stands behind {room}";
        }

        // What stands beside the rooms needs no using: its namespace encloses theirs.
        foreach (var type in rooms.Files("").SelectMany(beside => Source.Types(Repository.Read(beside))).Distinct())
        {
            if (type != "Program" && Code(text).Any(line => Regex.IsMatch(line, $@"\b{type}\b")))
                yield return $"{file} refers to {type}, which stands behind all rooms";
        }
    }

    private static IEnumerable<string> Code(string text) =>
        text.Split('\n').Select(line => line.TrimStart())
            .Where(line => !line.StartsWith("//", StringComparison.Ordinal) && !line.StartsWith("namespace ", StringComparison.Ordinal));

    [GeneratedRegex(@"^using (?:static )?(?:\w+ = )?(?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Using();
}
