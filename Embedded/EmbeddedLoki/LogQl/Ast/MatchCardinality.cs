namespace Observability.Embedded.EmbeddedLoki.LogQl.Ast;

/// <summary>How many series of each side of an operation belong together.</summary>
internal enum MatchCardinality
{
    /// <summary>One of each side.</summary>
    OneToOne,

    /// <summary><c>group_left</c>: many of the left side.</summary>
    ManyToOne,

    /// <summary><c>group_right</c>: many of the right side.</summary>
    OneToMany,
}
