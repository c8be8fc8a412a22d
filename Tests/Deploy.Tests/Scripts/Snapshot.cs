namespace Observability.Deploy.Tests.Scripts;

/// <summary>Texts that a person has read, in the folder Snapshots.</summary>
internal static class Snapshot
{
    public static void Check(string name, string text, string extension = "txt")
    {
        var path = Repository.PathOf($"Tests/Deploy.Tests/Snapshots/{name}.{extension}");
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
            File.WriteAllText(path, text);
        Assert.Equal(File.ReadAllText(path), text);
    }
}
