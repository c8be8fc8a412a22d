using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Observability.Architecture.Tests;

/// <summary>Holds <c>max_line_length</c> of <c>.editorconfig</c>, which no formatter of .NET does.</summary>
public sealed class LineTests
{
    private const int Longest = 140;

    // What may stand behind a text that ends at the limit: "));" at the most.
    private const int Closing = 4;

    [Theory]
    [MemberData(nameof(FileTests.Folders), MemberType = typeof(FileTests))]
    public void A_line_fits_unless_a_text_in_it_does_not(string folder) =>
        Assert.Empty(Source.Files(folder).SelectMany(file => TooLong(Repository.Read(file)).Select(line => $"{file}:{line}")));

    // A text, be it of a raw string, is left whole: whoever searches for it finds it, and a test's input is read as it is sent.
    private static IEnumerable<int> TooLong(string text)
    {
        var source = SourceText.From(text);
        var lines = source.Lines.Where(line => line.End - line.Start > Longest).ToList();
        if (lines.Count == 0)
            return [];

        var root = CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.Preview),
            cancellationToken: TestContext.Current.CancellationToken).GetRoot(TestContext.Current.CancellationToken);
        return lines.Where(line => !IsText(root, line.Start + Longest)
            && !IsText(root, line.Start + Longest - Closing)).Select(line => line.LineNumber + 1);
    }

    private static bool IsText(SyntaxNode root, int position) =>
        root.FindTrivia(position, findInsideTrivia: false).IsKind(SyntaxKind.PragmaWarningDirectiveTrivia)
        || (root.FindToken(position) is var token
            && ((token.Parent is LiteralExpressionSyntax && token.Value is string)
                || token.Parent?.FirstAncestorOrSelf<InterpolatedStringExpressionSyntax>() is not null));
}
