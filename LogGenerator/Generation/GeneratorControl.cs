using Observability.LogGenerator.Patterns;
using Observability.LogGenerator.Settings;
using Observability.LogGenerator.Telemetry;

namespace Observability.LogGenerator.Generation;

/// <summary>Holds the plan, and changes it while the generator runs. Safe for use from any thread.</summary>
internal sealed class GeneratorControl
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private volatile GeneratorPlan _plan;
    private TaskCompletionSource _changed = NewSignal();

    public GeneratorControl(LogGeneratorSettings settings, GeneratorMetrics metrics, TimeProvider time)
    {
        _time = time;
        _plan = new GeneratorPlan(settings.Enabled, settings.Rate, settings.LinePattern, time.GetTimestamp(), 1, 0);
        metrics.ObserveTargetRate(() => TargetRate);
    }

    public GeneratorPlan Plan => _plan;

    /// <summary>The rate aimed at now, in lines a second.</summary>
    public double TargetRate => _plan.TargetRate(_time);

    /// <summary>How much longer the burst lasts; zero when there is none.</summary>
    public TimeSpan BurstRemaining
    {
        get
        {
            var remaining = _time.GetElapsedTime(_time.GetTimestamp(), _plan.BurstEnd);
            return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
        }
    }

    public void Start() =>
        Change(plan => plan with { Running = true, PatternStart = plan.Running ? plan.PatternStart : _time.GetTimestamp() });

    public void Stop() => Change(plan => plan with { Running = false, BurstEnd = 0 });

    /// <summary>Changes rate and pattern; null leaves as it is. A pattern that is set begins anew.</summary>
    public void Set(double? rate, LinePattern? pattern) => Change(plan => plan with
    {
        Rate = rate ?? plan.Rate,
        Pattern = pattern ?? plan.Pattern,
        PatternStart = pattern is null ? plan.PatternStart : _time.GetTimestamp(),
    });

    /// <summary>Multiplies the rate for a while; a burst takes the place of the one before.</summary>
    public void Burst(double factor, TimeSpan duration) => Change(plan => plan with
    {
        BurstFactor = factor,
        BurstEnd = _time.GetTimestamp() + (long)(duration.TotalSeconds * _time.TimestampFrequency),
    });

    /// <summary>Completes at the next change after <paramref name="known"/>; at once if there was one already.</summary>
    public Task WaitForChangeAsync(GeneratorPlan known, CancellationToken cancellationToken)
    {
        lock (_lock)
            return ReferenceEquals(_plan, known) ? _changed.Task.WaitAsync(cancellationToken) : Task.CompletedTask;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Change(Func<GeneratorPlan, GeneratorPlan> change)
    {
        lock (_lock)
        {
            _plan = change(_plan);
            _changed.SetResult();
            _changed = NewSignal();
        }
    }
}
