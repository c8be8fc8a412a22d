using Microsoft.Extensions.Options;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Wire;
using Observability.ServiceDefaults.Telemetry;

namespace Observability.Forwarder.Delivery;

/// <summary>The accounts of all streams that were pushed lately, by tenant. Shared by all senders.</summary>
internal sealed class StreamLedger(IOptions<ForwarderOptions> options, TimeProvider time)
{
    /// <summary>How long Loki surely keeps a stream in memory after its last line: it closes a chunk after 30 idle minutes
    /// (chunk_idle_period), and forgets the stream then.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(25);

    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<byte[], Dictionary<LogStream, StreamAccount>> _tenants = new(Utf8KeyComparer.Instance);
    private long _nextSweep;
    private bool _isSharded;

    /// <summary>What Loki takes of a stream.</summary>
    public StreamLimits Limits { get; } = new(options.Value.Loki);

    /// <summary>Lets one message a minute pass about streams that are at a limit, of all senders.</summary>
    public LogThrottle Limited { get; } = new(time, TimeSpan.FromMinutes(1));

    /// <summary>Notes that Loki shards streams.</summary>
    /// <returns>Whether that is news.</returns>
    public bool IsFirstShard() => !Interlocked.Exchange(ref _isSharded, true);

    /// <summary>Finds or opens the accounts of a batch's streams.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="accounts">Takes them, in the order of <see cref="Batch.Streams"/>; made longer when it is too short.</param>
    public void Find(Batch batch, ref StreamAccount[] accounts)
    {
        if (accounts.Length < batch.Streams.Length)
            accounts = new StreamAccount[batch.Streams.Length * 2];

        var now = time.GetTimestamp();
        lock (_lock)
        {
            Sweep(now);
            if (!_tenants.TryGetValue(batch.Tenant, out var tenant))
                _tenants.Add(batch.Tenant, tenant = []);
            for (var stream = 0; stream < batch.Streams.Length; stream++)
                accounts[stream] = Find(tenant, batch.Streams[stream].Stream, now);
        }
    }

    /// <summary>Finds or opens the account of one stream.</summary>
    public StreamAccount Find(byte[] tenant, LogStream stream)
    {
        lock (_lock)
        {
            if (!_tenants.TryGetValue(tenant, out var accounts))
                _tenants.Add(tenant, accounts = []);
            return Find(accounts, stream, time.GetTimestamp());
        }
    }

    private static StreamAccount Find(Dictionary<LogStream, StreamAccount> tenant, LogStream stream, long now)
    {
        if (!tenant.TryGetValue(stream, out var account))
            tenant.Add(stream, account = new());
        account.LastUsed = now;
        return account;
    }

    private void Sweep(long now)
    {
        if (now < _nextSweep)
            return;

        _nextSweep = now + (long)(SweepInterval.TotalSeconds * time.TimestampFrequency);
        foreach (var (name, tenant) in _tenants)
        {
            foreach (var (stream, account) in tenant)
            {
                if (time.GetElapsedTime(account.LastUsed, now) > Memory)
                    tenant.Remove(stream);
            }

            if (tenant.Count == 0)
                _tenants.Remove(name);
        }
    }
}
