namespace Observability.Forwarder.Decoding;

/// <summary>A time as a record tells it.</summary>
/// <param name="Nanoseconds">Unix time in nanoseconds; 0 for none.</param>
/// <param name="Digits">Digits of a nanosecond that the clock left open: 9 for whole seconds, 6 for milliseconds, 0 for
/// nanoseconds.</param>
/// <param name="HasZone">Whether it is known what zone it counts in. Without one it was read as UTC.</param>
internal readonly record struct ParsedTime(long Nanoseconds, int Digits, bool HasZone);
