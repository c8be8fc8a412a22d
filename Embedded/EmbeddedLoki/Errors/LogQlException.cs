namespace Observability.Embedded.EmbeddedLoki.Errors;

/// <summary>A query that cannot be answered: the message is what the client reads, with status 400.</summary>
internal sealed class LogQlException(string message) : Exception(message)
{
    /// <summary>A fault at a place of the query (pkg/logqlmodel/error.go).</summary>
    public static LogQlException At(int line, int column, string message) => new($"parse error at line {line}, col {column}: {message}");

    /// <summary>A fault of the query as a whole.</summary>
    public static LogQlException Parse(string message) => new($"parse error : {message}");
}
