using System.Globalization;
using System.Text;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Stores;
using Jobs.Brokers.Tests.Nats.JetStream;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>Servers of the NATS store that die under load.</summary>
public static class NatsStoreScenarios
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public sealed class OfACluster(NatsClusterStoreFixture fixture) : IClassFixture<NatsClusterStoreFixture>
    {
        [Fact]
        [Trait("Scenario", "25")]
        public async Task Increments_all_count_and_watches_go_on_when_the_leader_is_killed()
        {
            const string Namespace = "leader";
            var stores = Enumerable.Range(0, 3).Select(server => fixture.Open(Namespace, server)).ToArray();
            try
            {
                await stores[0].PutAsync("sum", "0"u8.ToArray(), StoreCondition.Always, expiry: null, Token);
                using var stop = new CancellationTokenSource();
                var counting = stores.Select(store => CountAsync(store, "sum", stop.Token)).ToArray();
                var watching = stores.Select(store => SeeAsync(store, "end", "over")).ToArray();
                await UntilAsync(stores[0], "sum", 30);

                var leader = await fixture.LeaderAsync(Namespace);
                await leader.KillAsync(Token);
                await UntilAsync(stores[Array.FindIndex([.. fixture.Cluster.Servers], server => server != leader)], "sum", 60);
                await leader.StartAsync(Token);
                await stop.CancelAsync();

                var counted = await Task.WhenAll(counting);
                var sum = await ReadAsync(stores[1], "sum");

                // An increment whose answer was lost may have been made.
                Assert.InRange(sum, counted.Sum(static count => count.Made), counted.Sum(static count => count.Made + count.Unknown));
                await stores[2].PutAsync("end", "over"u8.ToArray(), StoreCondition.Always, expiry: null, Token);
                await Task.WhenAll(watching).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Token);
            }
            finally
            {
                foreach (var store in stores)
                {
                    await store.DisposeAsync();
                }
            }
        }
    }

    public sealed class OfALaggingServer(NatsClusterStoreFixture fixture) : IClassFixture<NatsClusterStoreFixture>
    {
        [Fact]
        public async Task A_read_that_lags_decides_nothing()
        {
            await using var client = NatsClient.Open(NatsClientOptions.Parse(fixture.Cluster.Servers[0].EndPoint.ToString()), TimeProvider.System, NullLogger.Instance);
            var lagging = new ForgetfulClient(client);
            await using var store = new NatsStore(
                lagging, "lag", new NatsBrokerOptions { Replicas = 3 }, ProvisionMode.CreateIfMissing, TimeProvider.System, new JobsTelemetry(), NullLogger.Instance);
            var index = new StoreIndex("index", 1_000);
            var written = await store.PutAsync("k", "1"u8.ToArray(), StoreCondition.IfNotNewer(5), expiry: null, Token);
            var deleted = await store.PutAsync("deleted", "1"u8.ToArray(), StoreCondition.Always, expiry: null, Token);
            Assert.True(await store.AcquireAsync("permit", "me", 1, TimeSpan.FromMinutes(1), Token));

            lagging.IsLagging = true;

            Assert.Equal("1"u8.ToArray(), (await store.GetAsync("k", Token))!.Value.ToArray());
            Assert.Equal(new StoreWriteResult(false, written.Version), await store.PutAsync("k", "2"u8.ToArray(), StoreCondition.IfNotNewer(4), expiry: null, Token));
            Assert.Equal(new StoreWriteResult(false, written.Version), await store.PutAsync("k", "2"u8.ToArray(), StoreCondition.IfAbsent, expiry: null, Token));
            Assert.True((await store.PutAsync("k", "3"u8.ToArray(), StoreCondition.IfVersion(written.Version), expiry: null, Token)).Written);
            Assert.Equal(5, (await store.GetAsync("k", Token))!.Order);
            Assert.True((await store.DeleteAsync("deleted", StoreCondition.IfVersion(deleted.Version), Token)).Written);
            Assert.Null(await store.GetAsync("deleted", Token));
            Assert.True((await store.DeleteAsync("k", StoreCondition.Always, Token)).Written);
            Assert.Null(await store.GetAsync("k", Token));
            Assert.False(await store.AcquireAsync("permit", "other", 1, TimeSpan.FromMinutes(1), Token));
            Assert.True(await store.ReleaseAsync("permit", "me", Token));
            await store.WriteAsync((StoreWrite[])[new StoreWrite { Key = "job:1", Value = "1"u8.ToArray(), Index = index }], new StoreWriteResult[1], Token);
            Assert.Equal("job:1", Assert.Single((await store.PageAsync("index", null, 10, Token)).Entries).Key);
        }
    }

    public sealed class OfOneServer
    {
        [Fact]
        [Trait("Scenario", "20")]
        public async Task What_was_written_and_deleted_stays_so_when_the_server_is_killed()
        {
            await using var server = await NatsServer.StartAsync(null, Token);
            await using var store = NatsStoreFixture.Open(server.EndPoint.ToString(), "killed", new NatsBrokerOptions());
            var index = new StoreIndex("index", 1_000);
            var writes = Enumerable.Range(0, 200).Select(i => new StoreWrite { Key = $"k{i}", Value = "1"u8.ToArray(), Index = index }).ToArray();
            await store.WriteAsync(writes, new StoreWriteResult[200], Token);
            await store.WriteAsync(writes[..100].Select(static write => write with { Value = "2"u8.ToArray() }).ToArray(), new StoreWriteResult[100], Token);
            await store.WriteAsync(writes[50..150].Select(static write => new StoreWrite { Key = write.Key }).ToArray(), new StoreWriteResult[100], Token);
            var watching = SeeAsync(store, "k199", "over");
            Assert.Equal(100, (await store.PageAsync("index", null, 1_000, Token)).Entries.Count);

            await server.KillAsync(Token);
            await server.StartAsync(Token);

            var entries = new StoreEntry?[200];
            await store.GetManyAsync(writes.Select(static write => write.Key).ToArray(), entries, Token);
            Assert.Equal(
                Enumerable.Range(0, 200).Select(static i => i < 50 ? "2" : i < 150 ? null : "1"),
                entries.Select(static entry => entry is null ? null : Encoding.UTF8.GetString(entry.Value.Span)));
            Assert.Equal(100, (await store.PageAsync("index", null, 1_000, Token)).Entries.Count);
            await store.PutAsync("k199", "over"u8.ToArray(), StoreCondition.Always, expiry: null, Token);
            await watching.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Token);
        }
    }

    private static async Task<(int Made, int Unknown)> CountAsync(NatsStore store, string key, CancellationToken stop)
    {
        var (made, unknown) = (0, 0);
        while (!stop.IsCancellationRequested)
        {
            var isWriting = false;
            try
            {
                var entry = (await store.GetAsync(key, Token))!;
                var next = int.Parse(Encoding.UTF8.GetString(entry.Value.Span), CultureInfo.InvariantCulture) + 1;
                isWriting = true;
                var result = await store.PutAsync(key, Encoding.UTF8.GetBytes(next.ToString(CultureInfo.InvariantCulture)), StoreCondition.IfVersion(entry.Version), expiry: null, Token);
                made += result.Written ? 1 : 0;
            }
            catch (IOException)
            {
                unknown += isWriting ? 1 : 0;
            }
        }

        return (made, unknown);
    }

    private static async Task SeeAsync(NatsStore store, string key, string value)
    {
        await foreach (var entry in store.WatchAsync(key, Token))
        {
            if (entry is not null && Encoding.UTF8.GetString(entry.Value.Span) == value)
            {
                return;
            }
        }
    }

    private static async Task UntilAsync(NatsStore store, string key, int sum)
    {
        while (await ReadAsync(store, key) < sum)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }

    private static async Task<int> ReadAsync(NatsStore store, string key) =>
        int.Parse(Encoding.UTF8.GetString((await store.GetAsync(key, Token))!.Value.Span), CultureInfo.InvariantCulture);
}
