using System.Diagnostics.CodeAnalysis;

namespace Observability.LogGenerator.Patterns;

/// <summary>The patterns there are.</summary>
internal static class LinePatterns
{
    public static IReadOnlyList<LinePattern> All { get; } =
    [
        new SteadyPattern(),
        new BurstPattern(),
        new RampPattern(),
        new ErrorStormPattern(),
        new HighCardinalityPattern(),
        new LargeLinesPattern(),
        new MalformedPattern(),
        new BackfillPattern(),
    ];

    public static LinePattern Steady => All[0];

    /// <summary>The names of all patterns, for messages.</summary>
    public static string Names { get; } = string.Join(", ", All.Select(pattern => pattern.Name));

    public static bool TryGet(string name, [NotNullWhen(true)] out LinePattern? pattern)
    {
        pattern = All.FirstOrDefault(candidate => candidate.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return pattern is not null;
    }
}
