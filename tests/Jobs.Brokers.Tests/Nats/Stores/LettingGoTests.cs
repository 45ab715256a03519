using System.Text;
using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Stores;
using Jobs.Brokers.Tests.Nats.JetStream;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Nats.Stores;

/// <summary>Servers from 2.11 on take out by themselves what says when; to others nothing of it is said. What is expected goes by the version of the server.</summary>
public sealed class LettingGoTests(JetStreamFixture fixture) : IClassFixture<JetStreamFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    // No sweep clears anything away here.
    private static readonly StoreSweepTimes AtOnce = new() { Check = Never, LeastAge = TimeSpan.Zero };
    private static readonly StoreSweepTimes AsUsual = new() { Check = Never };

    private readonly List<NatsStore> _stores = [];
    private readonly StoreNames _names = new(fixture.NewName());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private bool ServerCan => fixture.JetStream.Server!.ApiLevel >= 1;

    // Before that it has no version.
    public ValueTask InitializeAsync() => fixture.Client.WaitConnectedAsync(Token);

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_has_expired_or_was_deleted_goes_without_a_sweep_where_the_server_can()
    {
        var store = await OpenAsync(AtOnce);
        await PutAsync(store, "short", TimeSpan.FromMilliseconds(1));
        await PutAsync(store, "deleted", expiry: null);
        await store.DeleteAsync("deleted", StoreCondition.Always, Token);
        await store.AcquireAsync("permit", "owner", 1, TimeSpan.FromMilliseconds(1), Token);
        await store.AcquireAsync("released", "owner", 1, Never, Token);
        await store.ReleaseAsync("released", "owner", Token);
        await PutAsync(store, "kept", Never);
        await PutAsync(store, "prolonged", TimeSpan.FromMilliseconds(1));
        await PutAsync(store, "prolonged", Never);
        string[] gone = [_names.EntrySubject("short"), _names.EntrySubject("deleted"), _names.PermitSubject("permit"), _names.PermitSubject("released")];

        if (ServerCan)
        {
            await UntilAsync(async () => (await Task.WhenAll(gone.Select(LastAsync))).All(static message => message is null));
        }
        else
        {
            Assert.All(await Task.WhenAll(gone.Select(LastAsync)), Assert.NotNull);
        }

        Assert.Null(await store.GetAsync("short", Token));
        Assert.NotNull(await store.GetAsync("kept", Token));
        Assert.NotNull(await store.GetAsync("prolonged", Token));
    }

    [Fact]
    public async Task The_server_keeps_it_as_long_as_a_sweep_would()
    {
        var store = await OpenAsync(AsUsual);
        await PutAsync(store, "entry", TimeSpan.FromMilliseconds(1_001));
        await PutAsync(store, "forever", expiry: null);
        await PutAsync(store, "longest", TimeSpan.MaxValue);
        await PutAsync(store, "deleted", expiry: null);
        await store.DeleteAsync("deleted", StoreCondition.Always, Token);
        await store.WriteAsync((StoreWrite[])[new StoreWrite { Key = "batched", Value = "v"u8.ToArray(), Expiry = TimeSpan.FromSeconds(1) }], new StoreWriteResult[1], Token);

        Assert.Equal(ServerCan ? "602s" : null, await TtlAsync("entry"));
        Assert.Equal(ServerCan ? "601s" : null, await TtlAsync("batched"));
        Assert.Equal(ServerCan ? "600s" : null, await TtlAsync("deleted"));
        Assert.Equal(ServerCan ? "3153600600s" : null, await TtlAsync("longest"));
        Assert.Null(await TtlAsync("forever"));
    }

    [Fact]
    public async Task A_bucket_that_was_made_on_an_older_server_is_changed_and_no_difference_to_one_who_verifies()
    {
        await fixture.JetStream.CreateStreamAsync(_names.StreamConfig(1), Token);
        var verifying = Open(AsUsual);
        await verifying.ProvisionAsync(ProvisionMode.Verify, Token);
        await PutAsync(verifying, "entry", TimeSpan.FromSeconds(1));
        Assert.Null(await TtlAsync("entry"));

        var making = await OpenAsync(AsUsual);
        await PutAsync(making, "entry", TimeSpan.FromSeconds(1));

        Assert.Equal(ServerCan, (await fixture.JetStream.GetStreamAsync(_names.Stream, cancellationToken: Token))!.Config.AllowsMessageTtl);
        Assert.Equal(ServerCan ? "601s" : null, await TtlAsync("entry"));
    }

    [Fact]
    public async Task A_bucket_that_was_made_anew_and_does_not_let_go_refuses_one_write_at_the_most()
    {
        var store = await OpenAsync(AsUsual, ProvisionMode.Verify, make: true);
        await PutAsync(store, "entry", TimeSpan.FromSeconds(1));
        using (var reply = await fixture.Client.RequestAsync(Encoding.ASCII.GetBytes($"$JS.API.STREAM.DELETE.{_names.Stream}"), default, default, TimeSpan.FromSeconds(5), Token))
        {
            Assert.Contains("\"success\":true", Encoding.UTF8.GetString(reply.Payload), StringComparison.Ordinal);
        }

        await fixture.JetStream.CreateStreamAsync(_names.StreamConfig(1), Token);
        var error = await Record.ExceptionAsync(() => PutAsync(store, "entry", TimeSpan.FromSeconds(1)));
        await PutAsync(store, "entry", TimeSpan.FromSeconds(1));

        Assert.Equal(ServerCan, error is JetStreamException { ErrorCode: 10166 });
        Assert.Null(await TtlAsync("entry"));
    }

    private static async Task PutAsync(NatsStore store, string key, TimeSpan? expiry) =>
        Assert.True((await store.PutAsync(key, "v"u8.ToArray(), StoreCondition.Always, expiry, Token)).Written);

    private async Task<StoredMessage?> LastAsync(string subject) => await fixture.JetStream.GetLastMessageAsync(_names.Stream, subject, Token);

    private async Task<string?> TtlAsync(string key) =>
        (await LastAsync(_names.EntrySubject(key)))!.Headers.TryGet(StoreHeaders.ServerTtl, out var ttl) ? Encoding.ASCII.GetString(ttl) : null;

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }

    private async Task<NatsStore> OpenAsync(StoreSweepTimes sweeping, ProvisionMode mode = ProvisionMode.CreateIfMissing, bool make = false)
    {
        if (make)
        {
            await fixture.JetStream.CreateStreamAsync(_names.StreamConfig(1, ServerCan), Token);
        }

        var store = Open(sweeping, mode);
        await store.ProvisionAsync(mode, Token);
        return store;
    }

    private NatsStore Open(StoreSweepTimes sweeping, ProvisionMode mode = ProvisionMode.Verify)
    {
        var store = new NatsStore(
            new ForgetfulClient(fixture.Client), _names.Namespace, new NatsBrokerOptions(), mode, TimeProvider.System, new JobsTelemetry(), NullLogger.Instance, sweeping);
        _stores.Add(store);
        return store;
    }
}
