using Observability.AppHost.Commands;

namespace Aspire.Hosting;

/// <summary>The verification, as a command on each way that lines can go.</summary>
internal static class VerifyCommand
{
    /// <summary>
    /// Adds the command. It can be run while LogGenerator is unhealthy: in an outage of what it needs the verification waits, and that is
    /// what one wants to see.
    /// </summary>
    /// <typeparam name="T">The resource's type.</typeparam>
    /// <param name="builder">The resource where the lines enter.</param>
    /// <param name="sink">LogGenerator's sink that sends them there; null for LogGenerator's own choice.</param>
    /// <param name="way">The way that the lines go, for people.</param>
    public static IResourceBuilder<T> WithVerifyCommand<T>(this IResourceBuilder<T> builder, string? sink, string way)
        where T : IResource => builder.WithCommand(
        "verify",
        "Verify",
        async context =>
        {
            var order = new VerificationOrder(
                context.Arguments.NumberOf("lines", VerificationOrder.DefaultLines),
                context.Arguments.NumberOf("rate", VerificationOrder.DefaultRate),
                VerificationOrder.DefaultPatience,
                sink);
            using var answer = await RunningServices.Of(context.Services).VerifyAsync(order, context.CancellationToken);
            return await VerificationAnswer.ToResultAsync(answer, context.CancellationToken);
        },
        new CommandOptions
        {
            Description = $"Sends numbered lines {way} and reads each back from the store: exactly once, and as it was sent.",
            IconName = "CheckmarkCircle",
            IsHighlighted = true,
            UpdateState = CommandStates.WhileRunning,
            Arguments =
            [
                CommandArguments.Number("lines", "Lines", VerificationOrder.DefaultLines, "How many lines are sent and read back."),
                CommandArguments.Number("rate", "Lines a second", VerificationOrder.DefaultRate, "How fast they are sent."),
            ],
        });
}
