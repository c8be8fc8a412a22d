using Observability.LogGenerator.Settings;
using Observability.LogGenerator.Verification;
using Spectre.Console;

namespace Observability.LogGenerator.Cli;

/// <summary>Shows a verification's progress on a terminal; elsewhere it shows nothing.</summary>
internal static class VerifyProgressBar
{
    public static async Task<VerificationReport> RunAsync(
        CommandContext context, VerificationRequest request, Func<IProgress<VerificationProgress>?, Task<VerificationReport>> run)
    {
        if (!context.IsTerminal)
            return await run(null);

        // On standard error, so that a report on standard output can still be piped.
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(context.Error) });
        return await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(),
                new SpinnerColumn())
            .StartAsync(progress =>
            {
                var sent = progress.AddTask("sent", maxValue: request.Lines);
                var seen = progress.AddTask("stored", maxValue: request.Lines);
                var read = progress.AddTask("read once more", autoStart: false, maxValue: request.Lines);
                return run(new Bar(sent, seen, read));
            });
    }

    // Not Progress<T>: its posts could come after the run has ended.
    private sealed class Bar(ProgressTask sent, ProgressTask seen, ProgressTask read) : IProgress<VerificationProgress>
    {
        public void Report(VerificationProgress value)
        {
            sent.Value = value.Sent;
            seen.Value = value.Seen;
            if (value.Phase != VerificationPhase.Reading)
                return;
            if (!read.IsStarted)
                read.StartTask();
            read.Value = value.FinallyRead;
        }
    }
}
