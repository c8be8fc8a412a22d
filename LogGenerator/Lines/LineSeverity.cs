namespace Observability.LogGenerator.Lines;

/// <summary>How grave a line is, in the words that the lines themselves use.</summary>
internal enum LineSeverity
{
    Debug,
    Info,
    Warn,
    Error,
}
