namespace Observability.LogGenerator.Lines;

/// <summary>How a line is written.</summary>
internal enum LineFormat
{
    /// <summary>One JSON object.</summary>
    Json,

    /// <summary>Anything else: logfmt, plain text, JSON that does not parse.</summary>
    Text,
}
