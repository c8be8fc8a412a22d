using Microsoft.AspNetCore.Http.HttpResults;
using Observability.LogGenerator.Generation;
using Observability.LogGenerator.Patterns;
using Observability.LogGenerator.Settings;
using Observability.LogGenerator.Sinks;
using Observability.ServiceDefaults.Settings;

namespace Observability.LogGenerator.Control;

/// <summary>The HTTP API that controls the generator while it runs.</summary>
internal static class GeneratorApi
{
    /// <summary>Where the API is.</summary>
    public const string Prefix = "/generator";

    private const double MaximumBurstFactor = 10_000;

    private static readonly string[] Prefixes = [Prefix, VerifyApi.Path];

    public static void AddGeneratorApi(this IServiceCollection services)
    {
        services.AddControlProblems();
        services.AddOpenApi(Describe);
    }

    private static void Describe(Microsoft.AspNetCore.OpenApi.OpenApiOptions options)
    {
        // In AllInOne the same application answers for Loki, whose API is not this one's to describe.
        options.ShouldInclude = endpoint =>
            Prefixes.Any(prefix => $"/{endpoint.RelativePath}".StartsWith(prefix, StringComparison.Ordinal));
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "LogGenerator";
            document.Info.Description = "Controls the log generator while it runs, and verifies that lines arrive in the store.";
            return Task.CompletedTask;
        });
    }

    public static void MapGeneratorApi(this WebApplication app)
    {
        ControlListener.Guard(app, [.. Prefixes, "/openapi"]);
        app.UseControlProblems(Prefixes);
        app.MapOpenApi();
        var generator = app.MapGroup(Prefix).WithTags("Generator");

        generator.MapGet("", GetState)
            .WithName("GetGenerator")
            .WithSummary("What the generator is doing.");
        generator.MapGet("patterns", () => LinePatterns.All.Select(pattern => new PatternDescription(pattern.Name, pattern.Description)))
            .WithName("GetPatterns")
            .WithSummary("The patterns there are.");
        generator.MapPut("", Change)
            .WithName("ChangeGenerator")
            .WithSummary("Changes the rate, the pattern, or both.")
            .WithDescription("What is absent stays as it is. The new rate is aimed at within 100 ms.");
        generator.MapPost("burst", Burst)
            .WithName("StartBurst")
            .WithSummary("Multiplies the rate for a while.")
            .WithDescription("A burst takes the place of the one before.");
        generator.MapPost("stop", (GeneratorControl control, GeneratorEngine engine, LogGeneratorSettings settings, SinkSet sinks) =>
            {
                control.Stop();
                return GetState(control, engine, settings, sinks);
            })
            .WithName("StopGenerator")
            .WithSummary("Stops making lines until it is started again.");
        generator.MapPost("start", (GeneratorControl control, GeneratorEngine engine, LogGeneratorSettings settings, SinkSet sinks) =>
            {
                control.Start();
                return GetState(control, engine, settings, sinks);
            })
            .WithName("StartGenerator")
            .WithSummary("Makes lines again.");
        app.MapVerifyApi();
    }

    /// <summary>The answer to a request that makes no sense: 400, naming the field.</summary>
    public static ValidationProblem Invalid(string field, string message) =>
        TypedResults.ValidationProblem(new Dictionary<string, string[]> { [field] = [message] });

    private static Ok<GeneratorState> GetState(
        GeneratorControl control, GeneratorEngine engine, LogGeneratorSettings settings, SinkSet sinks)
    {
        var plan = control.Plan;
        var burst = control.BurstRemaining;
        return TypedResults.Ok(new GeneratorState(
            plan.Running,
            plan.Rate,
            control.TargetRate,
            plan.Pattern.Name,
            burst > TimeSpan.Zero ? new BurstState(plan.BurstFactor, burst.TotalSeconds) : null,
            settings.Seed,
            [.. sinks.Select(sink => sink.Name)],
            engine.Lines,
            engine.Bytes,
            sinks.FailedLines,
            engine.Elapsed.TotalSeconds));
    }

    private static Results<Ok<GeneratorState>, ValidationProblem> Change(
        GeneratorChange change, GeneratorControl control, GeneratorEngine engine, LogGeneratorSettings settings, SinkSet sinks)
    {
        if (change.Rate is not (null or (>= LogGeneratorSettings.MinimumRate and <= LogGeneratorSettings.MaximumRate)))
            return Invalid("rate", $"{change.Rate} is not from {LogGeneratorSettings.MinimumRate} to {LogGeneratorSettings.MaximumRate:0}");
        LinePattern? pattern = null;
        if (change.Pattern is not null && !LinePatterns.TryGet(change.Pattern, out pattern))
            return Invalid("pattern", $"'{change.Pattern}' is not one of {LinePatterns.Names}");

        control.Set(change.Rate, pattern);
        return GetState(control, engine, settings, sinks);
    }

    private static Results<Ok<GeneratorState>, ValidationProblem> Burst(
        BurstRequest burst, GeneratorControl control, GeneratorEngine engine, LogGeneratorSettings settings, SinkSet sinks)
    {
        if (burst.Factor is not (>= 0.001 and <= MaximumBurstFactor))
            return Invalid("factor", $"{burst.Factor} is not from 0.001 to {MaximumBurstFactor}");
        if (!Durations.TryParse(burst.Duration, out var duration) || duration <= TimeSpan.Zero || duration > TimeSpan.FromDays(1))
            return Invalid("duration", $"'{burst.Duration}' is not a duration up to one day, such as 10s or 00:00:10");

        control.Burst(burst.Factor, duration);
        return GetState(control, engine, settings, sinks);
    }
}
