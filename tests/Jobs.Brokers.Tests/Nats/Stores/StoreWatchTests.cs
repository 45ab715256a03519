using System.Text;
using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.Stores;
using Jobs.Brokers.Tests.Nats.JetStream;
using Jobs.Brokers.Tests.Nats.Protocol;
using Jobs.Stores;
using Jobs.Telemetry;
using Jobs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Nats.Stores;

/// <summary>Writes are overheard before they are stored: when a watch looks, and when it looks again.</summary>
public sealed class StoreWatchTests : IClassFixture<JetStreamFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new();
    private readonly JetStreamFixture _fixture;
    private readonly ForgetfulClient _client;
    private readonly StoreNames _names;
    private readonly NatsStore _store;
    private readonly NatsStore _other;
    private int _looks;

    public StoreWatchTests(JetStreamFixture fixture)
    {
        _fixture = fixture;
        _names = new StoreNames(fixture.NewName());
        _client = new ForgetfulClient(fixture.Client);
        _store = Open(_client, _time);
        _other = Open(new ForgetfulClient(fixture.Client), TimeProvider.System);
        var look = $"$JS.API.DIRECT.GET.{_names.Stream}.{_names.EntrySubject("k")}";
        _client.Asking = subject =>
        {
            _looks += subject.StartsWith(look, StringComparison.Ordinal) ? 1 : 0;
            return Task.CompletedTask;
        };
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _store.ProvisionAsync(ProvisionMode.CreateIfMissing, Token);

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    public async Task A_change_that_is_stored_only_after_it_was_heard_is_seen(int milliseconds)
    {
        await using var watch = await WatchAsync();
        var next = NextAsync(watch);

        // Looks do not find it for a while.
        _client.IsLagging = true;
        await WriteAsync("2");
        var stored = _time.GetUtcNow() + TimeSpan.FromMilliseconds(milliseconds);
        await UntilWaitingAsync(LongestPause);
        while (_time.GetUtcNow() < stored)
        {
            await LookAgainAsync();
        }

        Assert.False(next.IsCompleted);
        _client.IsLagging = false;
        _time.Advance(LongestPause);

        Assert.Equal("2", await next.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task What_is_refused_is_looked_for_a_few_times_and_not_again_and_again()
    {
        await using var watch = await WatchAsync();
        var next = NextAsync(watch);
        await UntilWaitingAsync(LongestSleep);
        _looks = 0;

        // A write that never arrives.
        _fixture.Client.Publish(Encoding.ASCII.GetBytes(_names.EntrySubject("k")), default, HeadersExpecting(1_000_000), default);
        await UntilWaitingAsync(LongestPause);
        while (IsWaiting(LongestPause))
        {
            await LookAgainAsync();
        }

        Assert.InRange(_looks, 10, 20);
        Assert.False(next.IsCompleted);
        await WriteAsync("2");
        Assert.Equal("2", await next.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task A_change_that_was_found_is_not_looked_for_again()
    {
        await using var watch = await WatchAsync();
        for (var i = 2; i < 10; i++)
        {
            await WriteAsync($"{i}");
            Assert.Equal($"{i}", await NextAsync(watch));
        }

        var next = NextAsync(watch);
        await UntilWaitingAsync(LongestSleep);

        Assert.False(next.IsCompleted);
        await _other.DeleteAsync("k", StoreCondition.Always, Token);
        Assert.Null(await next.WaitAsync(Patience, Token));
    }

    private static byte[] HeadersExpecting(long place) =>
        Encoding.ASCII.GetBytes($"NATS/1.0\r\nNats-Expected-Last-Subject-Sequence: {place}\r\n\r\n");

    // Of "1", which it has seen.
    private async Task<IAsyncEnumerator<StoreEntry?>> WatchAsync()
    {
        await WriteAsync("1");
        var watch = _store.WatchAsync("k", Token).GetAsyncEnumerator(Token);
        Assert.Equal("1", await NextAsync(watch));
        return watch;
    }

    private static async Task<string?> NextAsync(IAsyncEnumerator<StoreEntry?> watch)
    {
        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(Patience, Token));
        return watch.Current is { } entry ? Encoding.UTF8.GetString(entry.Value.Span) : null;
    }

    // What else waits by that clock, the sweep, waits longer.
    private bool IsWaiting(TimeSpan atMost) => _time.NextTimerDue - _time.GetUtcNow() <= atMost;

    private Task UntilWaitingAsync(TimeSpan atMost) => NatsClients.UntilAsync(() => IsWaiting(atMost));

    private async Task LookAgainAsync()
    {
        var looks = _looks;
        _time.SetUtcNow(_time.NextTimerDue!.Value);
        await NatsClients.UntilAsync(() => _looks > looks && IsWaiting(LongestSleep));
    }

    private async Task WriteAsync(string value) =>
        Assert.True((await _other.PutAsync("k", Encoding.UTF8.GetBytes(value), StoreCondition.Always, expiry: null, Token)).Written);

    private NatsStore Open(ForgetfulClient client, TimeProvider time) => new(
        client,
        _names.Namespace,
        new NatsBrokerOptions(),
        ProvisionMode.CreateIfMissing,
        time,
        new JobsTelemetry(),
        NullLogger.Instance,
        new StoreSweepTimes { Check = TimeSpan.FromHours(1) });
}
