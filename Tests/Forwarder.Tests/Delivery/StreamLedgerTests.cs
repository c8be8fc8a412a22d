using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Observability.Forwarder.Batching;
using Observability.Forwarder.Delivery;
using Observability.Forwarder.Settings;
using Observability.Forwarder.Streams;
using Observability.Forwarder.Tests.Batching;

namespace Observability.Forwarder.Tests.Delivery;

public sealed class StreamLedgerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly StreamTable _streams = TestStreams.Create("service");
    private readonly StreamLedger _ledger;

    public StreamLedgerTests() => _ledger = new StreamLedger(Options.Create(new ForwarderOptions()), _time);

    [Fact]
    public void A_stream_has_one_account_with_each_tenant()
    {
        var accounts = Find(Fill(20));

        Assert.Equal(20, accounts.Distinct().Count());
        Assert.Equal(accounts, Find(Fill(20)));
        Assert.Same(accounts[7], _ledger.Find([], _streams.Get("7")));
        Assert.NotSame(accounts[7], _ledger.Find("tenant"u8.ToArray(), _streams.Get("7")));
        Assert.Same(_ledger.Find("tenant"u8.ToArray(), _streams.Get("7")), _ledger.Find("tenant"u8.ToArray(), _streams.Get("7")));
    }

    /// <summary>Streams and tenants come and go: what is kept of them is bounded.</summary>
    [Fact]
    public void Accounts_are_forgotten_with_what_loki_forgets_and_no_sooner()
    {
        var (idle, used) = (Find(Fill(1))[0], _ledger.Find([], _streams.Get("used")));
        var tenant = _ledger.Find("tenant"u8.ToArray(), _streams.Get("0"));
        _time.Advance(TimeSpan.FromMinutes(20));
        _ledger.Find([], _streams.Get("used"));
        _time.Advance(TimeSpan.FromMinutes(5));
        Find(Fill(2, first: 5));
        Assert.Same(idle, _ledger.Find([], _streams.Get("0")));
        Assert.Same(tenant, _ledger.Find("tenant"u8.ToArray(), _streams.Get("0")));

        _time.Advance(TimeSpan.FromMinutes(20));
        _ledger.Find([], _streams.Get("used"));
        _time.Advance(TimeSpan.FromMinutes(6));
        Find(Fill(2, first: 5));

        Assert.Same(used, _ledger.Find([], _streams.Get("used")));
        Assert.NotSame(idle, _ledger.Find([], _streams.Get("0")));
        Assert.NotSame(tenant, _ledger.Find("tenant"u8.ToArray(), _streams.Get("0")));
    }

    [Fact]
    public void Nothing_is_kept_of_a_tenant_whose_streams_are_all_forgotten()
    {
        var tenant = UseTenant();
        _time.Advance(TimeSpan.FromMinutes(30));
        Find(Fill(1));

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.False(tenant.IsAlive);
    }

    [Fact]
    public void Accounts_are_looked_through_once_a_minute_at_the_most()
    {
        _time.Advance(TimeSpan.FromSeconds(30));
        var idle = _ledger.Find([], _streams.Get("0"));
        _time.Advance(TimeSpan.FromMinutes(25));
        Find(Fill(1, first: 5));
        _time.Advance(TimeSpan.FromSeconds(59));
        Find(Fill(1, first: 5));
        Assert.Same(idle, _ledger.Find([], _streams.Get("0")));
    }

    [Fact]
    public void That_loki_shards_streams_is_news_once() =>
        Assert.Equal([true, false, false], new[] { _ledger.IsFirstShard(), _ledger.IsFirstShard(), _ledger.IsFirstShard() });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference UseTenant()
    {
        var tenant = "tenant"u8.ToArray();
        _ledger.Find(tenant, _streams.Get("0"));
        return new WeakReference(tenant);
    }

    private StreamAccount[] Find(Batch batch)
    {
        StreamAccount[] accounts = [];
        _ledger.Find(batch, ref accounts);
        return accounts[..batch.Streams.Length];
    }

    private Batch Fill(int streams, int first = 0)
    {
        var batch = new Batch(1024);
        var record = new TestRecord(TestPartition.Create(), 0, "x"u8);
        for (var i = 0; i < streams; i++)
            batch.Add(record.Record, i, _streams.Get((first + i).ToString(CultureInfo.InvariantCulture)), i, "x"u8, default);
        return batch;
    }
}
