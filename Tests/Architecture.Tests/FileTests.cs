namespace Observability.Architecture.Tests;

/// <summary>Holds what a reader counts on when looking for a type.</summary>
public sealed class FileTests
{
    public static TheoryData<string> Folders => [.. Source.Projects, "Tests"];

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_file_declares_one_type_and_is_named_after_it(string folder) =>
        Assert.DoesNotContain(Source.Files(folder),
            file => Source.Types(Repository.Read(file)) is { Count: > 0 } types && !types.SequenceEqual([NameOf(file)]));

    // Foo.Log.cs holds the log messages of Foo.
    private static string NameOf(string file) => Path.GetFileName(file).Split('.')[0];
}
