namespace Observability.LogGenerator.Verification;

/// <summary>What was found of a line.</summary>
[Flags]
internal enum LineFlags : byte
{
    /// <summary>Nothing yet.</summary>
    None = 0,

    /// <summary>It is shown.</summary>
    Shown = 1,

    /// <summary>It is shown more than once.</summary>
    Duplicated = 2,

    /// <summary>It is at a later time than a line that was sent after it.</summary>
    OutOfOrder = 4,

    /// <summary>It is not as it was sent.</summary>
    Changed = 8,
}
