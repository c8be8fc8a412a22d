namespace Observability.Benchmarks.Limits;

/// <summary>An input that once took too much, and how it is given to a program.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Before">What it did when it was found.</param>
/// <param name="RunAsync">Starts the program, gives it the input, and tells the program and its answer.</param>
internal sealed record LimitInput(string Name, string Before, Func<CancellationToken, Task<LimitResult>> RunAsync);
