using Observability.Embedded.EmbeddedLoki.Labels;

namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>What the distributor hands to the ingester for one stream: a stream of the push, or one shard of it.</summary>
/// <param name="Labels">The labels to store under; a shard has <c>__stream_shard__</c> besides.</param>
/// <param name="Unsharded">The labels without <c>__stream_shard__</c>: rates are told together for all shards of a stream.</param>
/// <param name="Pushed">The stream of the push that the entries belong to.</param>
/// <param name="Entries">Positions of the entries within <paramref name="Pushed"/>, in the order of the push.</param>
internal readonly record struct StreamPart(LabelSet Labels, LabelSet Unsharded, PushStream Pushed, List<int> Entries);
