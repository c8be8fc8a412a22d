using Observability.Forwarder.Decoding;
using Observability.Forwarder.Decoding.Shapes;

namespace Observability.Forwarder.Lines;

/// <summary>
/// Which of the fields that a line carries serve for what. A function of which fields it carries, not of their values, so that lines of one
/// logger share it.
/// </summary>
internal sealed class LinePlan
{
    /// <summary>The fields that the line carries.</summary>
    public required FieldSet Fields { get; init; }

    /// <summary>What the line was recognised as, or <see langword="null"/>.</summary>
    public LineShape? Shape { get; init; }

    /// <summary>The fields present for each target, the best one first.</summary>
    public required int[][] Sources { get; init; }

    /// <summary>The fields present for each target of those that the settings name alone, in their order.</summary>
    public required int[][] Configured { get; init; }

    /// <summary>The fields present for the time.</summary>
    public required int[] Time { get; init; }

    /// <summary>The field with the nanoseconds of a time in whole seconds, or -1.</summary>
    public int Nanoseconds { get; init; } = -1;

    /// <summary>The fields present for the level.</summary>
    public required int[] Level { get; init; }

    /// <summary>What a level that is a number means.</summary>
    public LevelScale Scale { get; init; }

    /// <summary>The level where none is told, in UTF-8; empty for none.</summary>
    public byte[] DefaultLevel { get; init; } = [];

    /// <summary>The field of an envelope that holds the line, or -1.</summary>
    public int Inner { get; init; } = -1;

    /// <summary>Those of some fields that the line carries.</summary>
    public int[] Present(int[] fields) => [.. fields.Where(field => Fields.Contains(field))];
}
