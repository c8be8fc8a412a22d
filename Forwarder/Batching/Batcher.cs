using Observability.Forwarder.Kafka;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Wire;
using Observability.ServiceDefaults.Loki;

namespace Observability.Forwarder.Batching;

/// <summary>Fills one batch a tenant, and hands each on when it is full or old. Belongs to the consuming thread.</summary>
internal sealed class Batcher : ILineWriter
{
    // With some room for what we do not count.
    private const int HardLimit = LokiLimits.MessageBytes - (64 * 1024);

    // A tenant's batch starts small, since there may be many; all of them together hold no more than so many full ones.
    private const int MaxOpenTenants = 256;
    private const int MaxOpenBatches = 8;
    private const int SmallBatch = 8 * 1024;
    private const int SmallBatchLines = 32;

    private readonly BatchOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<Batch> _onFull;
    private readonly Dictionary<byte[], Batch> _open = new(Utf8KeyComparer.Instance);
    private readonly Dictionary<byte[], Batch>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly Stack<Batch> _free = new();
    private readonly ValueCopies _copies = new();
    private readonly int _keep;
    private Batch? _default;
    private long _tenantBytes;

    /// <summary>Creates a batcher without batches.</summary>
    /// <param name="options">When a batch is full.</param>
    /// <param name="keep">Empty batches to keep for reuse.</param>
    /// <param name="time">Tells a batch's age.</param>
    /// <param name="onFull">Takes a batch that is to be sent; it comes back by <see cref="Recycle"/>.</param>
    public Batcher(BatchOptions options, int keep, TimeProvider time, Action<Batch> onFull)
    {
        _options = options;
        _keep = keep;
        _time = time;
        _onFull = onFull;
        _lookup = _open.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Bytes in the open batches.</summary>
    public long OpenBytes => (_default?.Size ?? 0) + _tenantBytes;

    /// <inheritdoc/>
    public void Write(
        in KafkaRecord record,
        int index,
        ReadOnlySpan<byte> tenant,
        LogStream stream,
        long timestamp,
        ReadOnlySpan<byte> line,
        ReadOnlySpan<byte> metadata)
    {
        // A replay of some lines of a record: the others were stored.
        if (record.Wanted is { } wanted && !wanted.Contains(index))
            return;

        var batch = Find(tenant);
        if (batch is not null && batch.KeptBytes >= _options.MaxBytes && !batch.EndsWith(in record))
        {
            Close(batch);
            batch = null;
        }

        if (batch is { Count: > 0 } && batch.Size + Batch.SizeOf(stream, line.Length, metadata.Length) > HardLimit)
        {
            Close(batch);
            batch = null;
        }

        batch ??= Open(tenant);
        var before = batch.Size;
        batch.Add(in record, index, stream, timestamp, line, metadata);
        if (batch != _default)
            _tenantBytes += batch.Size - before;
        if (batch.Size >= _options.MaxBytes || batch.Count >= _options.MaxLines)
            Close(batch);
        else if (_tenantBytes >= (long)MaxOpenBatches * _options.MaxBytes)
            Close(Oldest());
    }

    /// <summary>How long until the oldest open batch is old enough; <see cref="Timeout.InfiniteTimeSpan"/> when there is none.</summary>
    public TimeSpan UntilNextIsOld()
    {
        var left = Timeout.InfiniteTimeSpan;
        if (_default is not null)
            left = Left(_default);
        foreach (var batch in _open.Values)
        {
            var other = Left(batch);
            if (left == Timeout.InfiniteTimeSpan || other < left)
                left = other;
        }

        return left;
    }

    /// <summary>Hands on the batches that are old enough, or all.</summary>
    public void Flush(bool all)
    {
        if (_default is { } single && (all || Left(single) == TimeSpan.Zero))
            Close(single);
        if (_open.Count == 0)
            return;

        foreach (var batch in _open.Values.ToList())
        {
            if (all || Left(batch) == TimeSpan.Zero)
                Close(batch);
        }
    }

    /// <summary>Takes back a batch whose lines are done with.</summary>
    public void Recycle(Batch batch)
    {
        batch.Clear();
        // A line of megabytes must not keep its memory for ever, and what was set aside is no larger than it was.
        if (!batch.IsLate && _free.Count < _keep && batch.Capacity >= _options.MaxBytes
            && batch.Capacity <= 6 * (_options.MaxBytes + 64 * 1024))
            _free.Push(batch);
    }

    private Batch? Find(ReadOnlySpan<byte> tenant) =>
        tenant.IsEmpty ? _default : _lookup.TryGetValue(tenant, out var batch) ? batch : null;

    private Batch Open(ReadOnlySpan<byte> tenant)
    {
        if (_open.Count >= MaxOpenTenants)
            Close(Oldest());
        if (!_free.TryPop(out var batch))
        {
            batch = tenant.IsEmpty
                ? new Batch(_options.MaxBytes + (_options.MaxBytes / 16), _copies)
                : new Batch(SmallBatch, _copies, SmallBatchLines);
        }

        batch.OpenedAt = _time.GetTimestamp();
        if (tenant.IsEmpty)
        {
            batch.Tenant = [];
            _default = batch;
        }
        else
        {
            batch.Tenant = tenant.ToArray();
            _open.Add(batch.Tenant, batch);
        }

        return batch;
    }

    private void Close(Batch batch)
    {
        if (batch == _default)
            _default = null;
        else if (_open.Remove(batch.Tenant))
            _tenantBytes -= batch.Size;
        _onFull(batch);
    }

    private Batch Oldest() => _open.Values.MinBy(batch => batch.OpenedAt)!;

    private TimeSpan Left(Batch batch)
    {
        var left = _options.MaxAge - _time.GetElapsedTime(batch.OpenedAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
