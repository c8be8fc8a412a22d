using System.Globalization;
using Observability.AppHost.Commands;

#pragma warning disable ASPIREPROCESSCOMMAND001 // Experimental: the alternative is to start and watch the process by hand.

namespace Aspire.Hosting;

/// <summary>The instability between Alloy and Kafka, as a command: AllInOne's scenario, beside the stack and not in it.</summary>
internal static class InstabilityCommand
{
    private const int DefaultSeconds = 10;

    /// <summary>Adds the command.</summary>
    /// <param name="builder">The embedded collector, whose project has the scenario.</param>
    public static IResourceBuilder<ProjectResource> WithInstabilityCommand(this IResourceBuilder<ProjectResource> builder) =>
        builder.WithProcessCommand(
            "instability",
            "Instability with Kafka",
            context =>
            {
                var seconds = context.Arguments.NumberOf(FaultTrial.SecondsInput, DefaultSeconds);
                return ValueTask.FromResult(new ProcessCommandSpec("dotnet")
                {
                    Arguments =
                    [
                        "run", "--no-build", "--no-launch-profile",
                        "--project", builder.Resource.GetProjectMetadata().ProjectPath,
                        "--configuration", BuildConfiguration.Name,
                        "--", "scenario", "alloy-kafka", "--outage", string.Create(CultureInfo.InvariantCulture, $"{seconds}s"),
                    ],
                });
            },
            new ProcessCommandOptions
            {
                Description = "A collector and a broker of their own lose each other in seven ways while lines are sent; a table says what "
                    + "was lost, what came twice and what the senders saw. A minute and a half.",
                IconName = "PlugConnectedCheckmark",
                UpdateState = CommandStates.WhileRunning,
                Arguments =
                [
                    CommandArguments.Number(FaultTrial.SecondsInput, "Seconds", DefaultSeconds, "How long Kafka is away each time."),
                ],
                GetCommandResult = context =>
                {
                    var lines = context.Output.ToList();
                    var data = new CommandResultData
                    {
                        Value = string.Join('\n', lines),
                        Format = CommandResultFormat.Markdown,
                        DisplayImmediately = true,
                    };
                    var verdict = lines.FindLast(line => line.Length > 0) ?? "It said nothing.";
                    return Task.FromResult(
                        context.ExitCode == 0 ? CommandResults.Success(verdict, data) : CommandResults.Failure(verdict, data));
                },
            });
}
