using CsCheck;
using Observability.Forwarder.Lines;

namespace Observability.Forwarder.Tests.Lines;

public sealed class FieldSetTests
{
    // Few different ones and many, so that sets are often equal, often parts of each other, and reach over all words.
    private static readonly Gen<int[]> Handles = Gen.OneOf(
        Gen.Int[0, FieldSet.Capacity - 1].Array[0, 40], Gen.Int[0, 3].Select(i => i * 70).Array[0, 3], Gen.Const(Array.Empty<int>()));

    [Fact]
    public void It_is_a_set_of_handles() => Gen.Select(Handles, Handles).Sample(
        (some, others) =>
        {
            var (set, other) = (SetOf(some), SetOf(others));

            Assert.Equal(some.Distinct().Order(), Enumerable.Range(0, FieldSet.Capacity).Where(field => set.Contains(field)));
            Assert.Equal(some.Length == 0, set.IsEmpty);
            Assert.Equal(others.All(some.Contains), set.ContainsAll(other));
            Assert.Equal(some.ToHashSet().SetEquals(others), set.Equals(other));
            Assert.True(SetOf([.. some, .. others]).ContainsAll(set));
        },
        iter: 3_000);

    [Fact]
    public void Sets_that_differ_in_one_handle_differ_and_nearly_always_in_their_hashes_too()
    {
        var sets = Enumerable.Range(0, FieldSet.Capacity).Select(field => SetOf([field])).Append(default).ToList();

        Assert.Equal(sets.Count, sets.Distinct().Count());
        Assert.InRange(sets.Select(set => set.GetHashCode()).Distinct().Count(), 250, sets.Count);
        Assert.All(sets, set => Assert.Equal(1, sets.Count(other => other.Equals((object)set))));
    }

    private static FieldSet SetOf(int[] handles)
    {
        var set = default(FieldSet);
        foreach (var handle in handles)
            set.Add(handle);
        return set;
    }
}
