using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Observability.Embedded.Faults;

/// <summary>Faults of the embedded parts, and the HTTP API that begins them.</summary>
public static class FaultExtensions
{
    /// <summary>Where the API is.</summary>
    public const string Path = "/faults";

    /// <summary>
    /// Maps <c>GET /faults</c> and <c>GET /faults/{name}</c>, which say what there is and what is on; <c>POST /faults/{name}</c> with
    /// parameters in the query, which begins one; and <c>DELETE /faults/{name}</c>, which ends it. Each answers with a
    /// <see cref="FaultState"/>, or with a problem that says what is wrong: 404 for an unknown name, 400 for an argument.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <returns>The same <paramref name="app"/>.</returns>
    public static WebApplication MapFaults(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var injector = app.Services.GetRequiredService<FaultInjector>();
        var faults = app.MapGroup(Path).WithTags("Faults");
        faults.MapGet("", injector.List).WithName("ListFaults").WithSummary("The faults that there are, and which are on.");
        faults.MapGet("{name}", (string name) => Answer(injector, name, injector.Find(name)))
            .WithName("GetFault")
            .WithSummary("One fault: what it takes, whether it is on, and what it did.");
        faults.MapPost("{name}", (string name, HttpRequest request) => Begin(injector, name, request.Query))
            .WithName("BeginFault")
            .WithSummary("Begins a fault, with its parameters in the query. One of the same name that is on ends before.");
        faults.MapDelete("{name}", (string name) => Answer(injector, name, injector.End(name)))
            .WithName("EndFault")
            .WithSummary("Ends a fault before its time.");
        return app;
    }

    internal static IServiceCollection AddFault<T>(this IServiceCollection services, T? instance = null)
        where T : InjectedFault
    {
        // By its own type for whoever consults it, and among all others.
        if (instance is null)
            services.AddSingleton<T>();
        else
            services.AddSingleton(instance);
        services.AddSingleton<InjectedFault>(provider => provider.GetRequiredService<T>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new FaultInjector(
            provider.GetServices<InjectedFault>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<FaultInjector>>()));
        services.AddHealthChecks();
        services.Configure<HealthCheckServiceOptions>(options =>
        {
            if (options.Registrations.All(registration => registration.Name != FaultHealthCheck.Name))
                options.Registrations.Add(new(
                    FaultHealthCheck.Name, static provider => ActivatorUtilities.CreateInstance<FaultHealthCheck>(provider), null, null));
        });
        return services;
    }

    private static Results<Ok<FaultState>, ProblemHttpResult> Begin(FaultInjector injector, string name, IQueryCollection query)
    {
        try
        {
            return Answer(injector, name, injector.Begin(name, query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString())));
        }
        catch (ArgumentException exception)
        {
            return TypedResults.Problem(exception.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static Results<Ok<FaultState>, ProblemHttpResult> Answer(FaultInjector injector, string name, FaultState? state) =>
        state is not null
            ? TypedResults.Ok(state)
            : TypedResults.Problem(
                $"There is no fault {name} here: there is {string.Join(", ", injector.List().Select(fault => fault.Name))}.",
                statusCode: StatusCodes.Status404NotFound);
}
