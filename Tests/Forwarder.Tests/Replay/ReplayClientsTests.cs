using Confluent.Kafka;
using Observability.Forwarder.Replay;

namespace Observability.Forwarder.Tests.Replay;

public sealed class ReplayClientsTests
{
    [Fact]
    public void How_far_a_replay_got_is_committed_in_its_own_group_and_by_itself_alone()
    {
        var config = new ConsumerConfig { GroupId = "other", EnableAutoCommit = true, AutoOffsetReset = AutoOffsetReset.Latest };

        ReplayClients.Apply(config, "forwarder");

        Assert.Equal(
            ("forwarder-replay", false, AutoOffsetReset.Earliest), (config.GroupId, config.EnableAutoCommit, config.AutoOffsetReset));
    }

    [Fact]
    public void A_dead_letter_is_sent_once_and_taken_by_all_replicas_whatever_a_user_sets()
    {
        var config = new ProducerConfig { Acks = Acks.Leader, EnableIdempotence = false };

        ReplayClients.Apply(config);

        Assert.Equal((Acks.All, true), (config.Acks, config.EnableIdempotence));
    }

    [Fact]
    public void Dead_letters_of_up_to_sixteen_mebibytes_are_sent_unless_a_user_says_otherwise()
    {
        var (standard, set) = (new ProducerConfig(), new ProducerConfig { MessageMaxBytes = 20_000_000 });

        ReplayClients.Apply(standard);
        ReplayClients.Apply(set);

        Assert.Equal((16 * 1024 * 1024, 20_000_000), (standard.MessageMaxBytes, set.MessageMaxBytes));
    }
}
