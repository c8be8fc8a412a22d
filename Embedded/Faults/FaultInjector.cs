using System.Globalization;
using System.Text;

namespace Observability.Embedded.Faults;

/// <summary>
/// Lets embedded parts fail on purpose, each fault for as long as it was asked for. Faults of one name take each other's place; those of
/// different names can be on at once. It is safe to use from any thread.
/// </summary>
public sealed partial class FaultInjector : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Slot> _slots;
    private readonly TimeProvider _time;
    private readonly ILogger<FaultInjector> _logger;

    internal FaultInjector(IEnumerable<InjectedFault> faults, TimeProvider time, ILogger<FaultInjector> logger)
    {
        _slots = [.. faults.Select(fault => new Slot(fault))];
        (_time, _logger) = (time, logger);
    }

    /// <summary>All faults that there are.</summary>
    public IReadOnlyList<FaultState> List()
    {
        lock (_gate)
            return [.. _slots.Select(Describe)];
    }

    /// <summary>One fault.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Null when there is none of that name.</returns>
    public FaultState? Find(string name)
    {
        lock (_gate)
            return SlotOf(name) is { } slot ? Describe(slot) : null;
    }

    /// <summary>Begins a fault; one of the same name that is on ends before.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="arguments">Values for its parameters, as text; what is left out has its default.</param>
    /// <returns>Its state; null when there is none of that name.</returns>
    /// <exception cref="ArgumentException">
    /// An argument is wrong: the message is one line that names it, its value and what it accepts.
    /// </exception>
    public FaultState? Begin(string name, IReadOnlyDictionary<string, string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (SlotOf(name) is not { } slot)
            return null;

        var values = Read(slot.Fault, arguments);
        lock (_gate)
        {
            End(slot);
            var run = new Run(_time.GetUtcNow(), _time.GetTimestamp(), TimeSpan.FromSeconds(values[InjectedFault.Seconds.Name]), values);
            slot.Fault.Begin(values);
            slot.Run = run;
            slot.Timer = _time.CreateTimer(_ => EndByTime(slot, run), null, run.Duration, Timeout.InfiniteTimeSpan);
            LogBegun(name, Text(values));
            return Describe(slot);
        }
    }

    /// <summary>Ends a fault before its time; nothing happens when it is not on.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its state; null when there is none of that name.</returns>
    public FaultState? End(string name)
    {
        lock (_gate)
        {
            if (SlotOf(name) is not { } slot)
                return null;
            End(slot);
            return Describe(slot);
        }
    }

    /// <summary>Ends all faults: a stop must not wait for them.</summary>
    public void EndAll()
    {
        lock (_gate)
            _slots.ForEach(End);
    }

    /// <summary>Ends all faults.</summary>
    public void Dispose() => EndAll();

    private static Dictionary<string, int> Read(InjectedFault fault, IReadOnlyDictionary<string, string> arguments)
    {
        if (arguments.Keys.FirstOrDefault(key => fault.Parameters.All(parameter => parameter.Name != key)) is { } unknown)
        {
            var known = string.Join(", ", fault.Parameters.Select(parameter => parameter.Name));
            throw new ArgumentException($"{unknown} is no parameter of {fault.Name}: it takes {known}");
        }

        return fault.Parameters.ToDictionary(
            parameter => parameter.Name,
            parameter =>
            {
                if (!arguments.TryGetValue(parameter.Name, out var text))
                    return parameter.Default;
                var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
                return isNumber && value >= parameter.Least && value <= parameter.Most
                    ? value
                    : throw new ArgumentException(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{parameter.Name} is '{text}': it must be a whole number from {parameter.Least} to {parameter.Most}"));
            },
            StringComparer.Ordinal);
    }

    private static string Text<T>(IReadOnlyDictionary<string, T> values)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in values)
            text.Append(CultureInfo.InvariantCulture, $"{(text.Length > 0 ? ", " : "")}{name}={value}");
        return text.ToString();
    }

    private Slot? SlotOf(string name) => _slots.Find(slot => slot.Fault.Name == name);

    private FaultState Describe(Slot slot)
    {
        if (slot.Fault.IsExhausted)
            End(slot);
        var fault = slot.Fault;
        var active = slot.Run is { } run ? Describe(run, fault.Counts) : null;
        return new(fault.Name, fault.Part, fault.Summary, fault.Parameters, active, slot.Last);
    }

    private FaultRun Describe(Run run, IReadOnlyDictionary<string, long> counts)
    {
        var remaining = run.Duration - _time.GetElapsedTime(run.Timestamp);
        return new(run.Began, run.Arguments, Math.Round(Math.Max(0, remaining.TotalSeconds), 1), counts);
    }

    private void EndByTime(Slot slot, Run run)
    {
        lock (_gate)
        {
            // Another run may have taken its place.
            if (ReferenceEquals(slot.Run, run))
                End(slot);
        }
    }

    private void End(Slot slot)
    {
        if (slot.Run is not { } run)
            return;
        slot.Timer?.Dispose();
        (slot.Timer, slot.Run) = (null, null);
        try
        {
            slot.Fault.End();
        }
#pragma warning disable CA1031 // It may be a timer that asks, behind which stands nobody.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogStuck(exception, slot.Fault.Name);
        }

        slot.Last = Describe(run, slot.Fault.Counts) with { RemainingSeconds = 0 };
        LogEnded(slot.Fault.Name, slot.Last.Counts.Count > 0 ? $" ({Text(slot.Last.Counts)})" : "");
    }

    [LoggerMessage(LogLevel.Warning, "Fault {Fault} begins ({Arguments})")]
    private partial void LogBegun(string fault, string arguments);

    [LoggerMessage(LogLevel.Warning, "Fault {Fault} is over{Counts}")]
    private partial void LogEnded(string fault, string counts);

    [LoggerMessage(LogLevel.Error, "Fault {Fault} could not be ended: the part must be started again")]
    private partial void LogStuck(Exception exception, string fault);

    private sealed class Slot(InjectedFault fault)
    {
        public InjectedFault Fault => fault;

        public Run? Run { get; set; }

        public ITimer? Timer { get; set; }

        public FaultRun? Last { get; set; }
    }

    private sealed record Run(DateTimeOffset Began, long Timestamp, TimeSpan Duration, IReadOnlyDictionary<string, int> Arguments);
}
