using Confluent.Kafka;

namespace Observability.Forwarder.Replay;

/// <summary>The settings of a replay's clients. What each dead letter being sent once rests on is not a user's choice.</summary>
internal static class ReplayClients
{
    /// <summary>Bytes of the largest dead letter that is sent, where nobody says otherwise.</summary>
    internal const int MessageMaxBytes = 16 * 1024 * 1024;

    /// <summary>The reader of the dead letters: a group of its own, which tells how far replays got.</summary>
    /// <param name="config">The consumer's settings.</param>
    /// <param name="groupId">The Forwarder's group.</param>
    public static void Apply(ConsumerConfig config, string groupId)
    {
        config.GroupId = groupId + "-replay";
        // The replay commits what the broker has taken.
        config.EnableAutoCommit = false;
        config.AutoOffsetReset = AutoOffsetReset.Earliest;
    }

    /// <summary>The writer into the topics that they came from.</summary>
    /// <param name="config">The producer's settings.</param>
    public static void Apply(ProducerConfig config)
    {
        config.Acks = Acks.All;
        config.EnableIdempotence = true;
        config.MessageMaxBytes ??= MessageMaxBytes;
    }
}
