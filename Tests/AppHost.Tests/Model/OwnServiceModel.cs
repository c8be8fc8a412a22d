namespace Observability.AppHost.Tests.Model;

/// <summary>The stack without containers, with two services of somebody's own: a web application and a console one.</summary>
public sealed class OwnServiceModel : StackModel
{
    private static readonly string Folder = CreateServices();

    public OwnServiceModel()
        : base(
            "--Stack:Containers=false", "--Stack:Programs:Prometheus=" + typeof(OwnServiceModel).Assembly.Location,
            "--Stack:Programs:Grafana=none",
            $"--Stack:Projects:shop={Folder}/Shop/Shop.csproj", $"--Stack:Projects:worker={Folder}/Worker.csproj")
    {
    }

    protected override void CleanUp() => Directory.Delete(Folder, recursive: true);

    private static string CreateServices()
    {
        var directory = Directory.CreateTempSubdirectory("services-").FullName;
        Directory.CreateDirectory(Path.Combine(directory, "Shop", "Properties"));
        File.WriteAllText(Path.Combine(directory, "Shop", "Shop.csproj"), "<Project/>");
        File.WriteAllText(
            Path.Combine(directory, "Shop", "Properties", "launchSettings.json"),
            """{"profiles":{"http":{"commandName":"Project","applicationUrl":"http://localhost:5080"}}}""");
        File.WriteAllText(Path.Combine(directory, "Worker.csproj"), "<Project/>");
        return directory;
    }
}
