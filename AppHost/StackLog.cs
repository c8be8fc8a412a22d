using Microsoft.Extensions.Logging;

namespace Observability.AppHost;

internal static partial class StackLog
{
    [LoggerMessage(LogLevel.Information, "{Choice}")]
    public static partial void Chosen(ILogger logger, string choice);
}
