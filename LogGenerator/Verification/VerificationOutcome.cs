using System.Text.Json.Serialization;

namespace Observability.LogGenerator.Verification;

/// <summary>How a verification came to its end.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<VerificationOutcome>))]
internal enum VerificationOutcome
{
    /// <summary>Every line was seen, and then the store was read once more as a whole.</summary>
    Completed,

    /// <summary>Lines did not appear in time; then the store was read once more as a whole.</summary>
    TimedOut,

    /// <summary>The store could not be read, so lines not seen may be there all the same.</summary>
    StoreUnreachable,

    /// <summary>The lines could not be sent, so nothing was found out.</summary>
    SinkUnreachable,

    /// <summary>The run was stopped; lines not seen may be on their way.</summary>
    Interrupted,
}
