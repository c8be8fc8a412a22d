using System.Runtime.CompilerServices;

namespace Observability.Forwarder.Lines;

/// <summary>A set of field handles, as bits.</summary>
internal struct FieldSet : IEquatable<FieldSet>
{
    /// <summary>How many handles there may be: the tables of shapes need some 120, the settings the rest.</summary>
    public const int Capacity = 256;

    private ulong _first;
    private ulong _second;
    private ulong _third;
    private ulong _fourth;

    /// <summary>Whether nothing is in it.</summary>
    public readonly bool IsEmpty => (_first | _second | _third | _fourth) == 0;

    /// <summary>Adds a handle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int field)
    {
        var bit = 1UL << field;
        switch (field >> 6)
        {
            case 0: _first |= bit; break;
            case 1: _second |= bit; break;
            case 2: _third |= bit; break;
            default: _fourth |= bit; break;
        }
    }

    /// <summary>Whether a handle is in it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Contains(int field) =>
        ((field >> 6) switch { 0 => _first, 1 => _second, 2 => _third, _ => _fourth } >> field & 1) != 0;

    /// <summary>Whether all of another set is in it.</summary>
    public readonly bool ContainsAll(in FieldSet other) =>
        (other._first & ~_first) == 0 && (other._second & ~_second) == 0 && (other._third & ~_third) == 0
            && (other._fourth & ~_fourth) == 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Equals(FieldSet other) =>
        _first == other._first && _second == other._second && _third == other._third && _fourth == other._fourth;

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is FieldSet other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode()
    {
        // The high bits of a product depend on all bits; four different odd factors tell the words apart.
        var mixed = (_first * 0x9E3779B97F4A7C15) ^ (_second * 0xC2B2AE3D27D4EB4F)
            ^ (_third * 0x165667B19E3779F9) ^ (_fourth * 0xD6E8FEB86659FD93);
        return (int)(mixed >> 32);
    }
}
