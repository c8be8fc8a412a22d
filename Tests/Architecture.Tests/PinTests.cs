using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Observability.Architecture.Tests;

/// <summary>Holds that what is built from is the same tomorrow.</summary>
public sealed partial class PinTests
{
    // Its releases are numbered by the day of their build, and there is no other kind.
    private static readonly string[] Floating = ["Aspire.Hosting.Kubernetes"];

    [Fact]
    public void A_package_has_one_exact_version()
    {
        var packages = XDocument.Parse(Repository.Read("Directory.Packages.props")).Descendants()
            .Where(element => element.Name.LocalName is "PackageVersion" or "GlobalPackageReference").ToList();

        Assert.Equal(Floating, packages.Where(package => !Exact().IsMatch(Text(package, "Version"))).Select(package => Text(package, "Include")));
        Assert.Equal(packages.Count, packages.Select(package => Text(package, "Include")).Distinct().Count());
    }

    [Fact]
    public void The_services_base_image_is_pinned_by_its_digest() =>
        Assert.Matches(@"^mcr\.microsoft\.com/dotnet/aspnet:10\.0-[\w.-]+@sha256:[0-9a-f]{64}\n$", Repository.Read("eng/base-image"));

    [Fact]
    public void What_CI_fetches_from_npm_has_an_exact_version() =>
        Assert.Matches(@"package=@[\w/-]+@\d+\.\d+\.\d+\n", Repository.Read(".ci/run"));

    private static string Text(XElement package, string attribute) => (string?)package.Attribute(attribute) ?? "";

    // $(AspireVersion) and the like are exact as well: they stand in the same file.
    [GeneratedRegex(@"^(\$\(\w+\)|\d+(\.\d+)+)(-[a-z]+(\.\d+)*)?$")]
    private static partial Regex Exact();
}
