using Microsoft.Extensions.Logging;

namespace Observability.AppHost;

internal static partial class StackLog
{
    [LoggerMessage(EventId = 0, Level = LogLevel.Information, Message = "{Choice}")]
    public static partial void Chosen(ILogger logger, string choice);

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "The chart is in {Directory}")]
    public static partial void Published(ILogger logger, string directory);
}
