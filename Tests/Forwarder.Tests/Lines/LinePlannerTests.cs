using System.Runtime.CompilerServices;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Tests.Lines;

public sealed class LinePlannerTests
{
    private static readonly LabelSchema Schema = new(new ForwarderOptions());

    /// <summary>Lines with ever other fields, which somebody may send, do not fill the memory.</summary>
    [Fact]
    public void What_was_found_out_of_lines_is_forgotten_when_many_others_came()
    {
        var planner = new LinePlanner(Schema);
        var plans = Enumerable.Range(0, 3).Select(round => Find(planner, round * 10_000)).ToList();
        for (var i = 100_000; i < 109_000; i++)
            planner.Find(SetOf(i));

        GC.Collect();

        Assert.All(plans, plan => Assert.False(plan.TryGetTarget(out _)));
        GC.KeepAlive(planner);
    }

    [Fact]
    public void Lines_with_the_same_fields_share_what_was_found_out()
    {
        var planner = new LinePlanner(Schema);
        var first = planner.Find(SetOf(7));
        planner.Find(SetOf(8));

        Assert.Same(first, planner.Find(SetOf(7)));
    }

    // A frame of its own keeps nothing alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<LinePlan> Find(LinePlanner planner, int number) => new(planner.Find(SetOf(number)));

    // The fields are the bits of a number.
    private static FieldSet SetOf(int number)
    {
        var set = default(FieldSet);
        for (var field = 0; field < 30; field++)
        {
            if ((number >> field & 1) != 0)
                set.Add(field);
        }

        return set;
    }
}
