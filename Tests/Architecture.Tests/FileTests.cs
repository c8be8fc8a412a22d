namespace Observability.Architecture.Tests;

/// <summary>Holds what a reader counts on when looking for a type or reading a line.</summary>
public sealed class FileTests
{
    private const string LineLength = "max_line_length = ";

    public static TheoryData<string> Folders => [.. Source.Projects, "Tests"];

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_file_declares_one_type_and_is_named_after_it(string folder) =>
        Assert.DoesNotContain(Source.Files(folder), file => Source.Types(Repository.Read(file)) is { Count: > 0 } types && !types.SequenceEqual([NameOf(file)]));

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_line_is_no_longer_than_the_editorconfig_says(string folder)
    {
        var longest = Repository.Read(".editorconfig").Split('\n')
            .Where(line => line.StartsWith(LineLength, StringComparison.Ordinal))
            .Select(line => int.Parse(line[LineLength.Length..], System.Globalization.CultureInfo.InvariantCulture))
            .First();

        var lines = LongLines(folder, longest).ToList();
        Assert.True(lines.Count == 0, string.Join(Environment.NewLine, lines));
    }

    private static IEnumerable<string> LongLines(string folder, int longest) =>
        from file in Source.Files(folder)
        from line in Repository.Read(file).Split('\n').Index()
        let length = line.Item.TrimEnd().Length
        where length > longest
        select $"{file}:{line.Index + 1} has {length}";

    // Foo.Log.cs holds the log messages of Foo.
    private static string NameOf(string file) => Path.GetFileName(file).Split('.')[0];
}
