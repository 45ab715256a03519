using System.Net;
using System.Text;
using Jobs.Brokers.Conformance.Faults;
using Jobs.Stores;
using Xunit;

namespace Jobs.Brokers.Conformance.Stores;

/// <summary>The rules that every <see cref="IJobStore"/> keeps. A store's test project derives from it once.</summary>
/// <typeparam name="TFixture">The fixture of the store under test.</typeparam>
/// <remarks>
/// <para>1. The checks run one after the other, each in a namespace of its own.</para>
/// <para>2. Checks of a capability interface that the store does not have are skipped, and those of outages if it has no server.</para>
/// </remarks>
public abstract partial class StoreConformance<TFixture>(TFixture fixture) : IClassFixture<TFixture>, IAsyncDisposable
    where TFixture : StoreFixture
{
    private static int _checks;

    private readonly List<IJobStore> _stores = [];
    private readonly BrokerTarget _target = new($"s{Environment.ProcessId}-{Interlocked.Increment(ref _checks)}", fixture.Server?.EndPoint);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TFixture Fixture => fixture;

    /// <summary>Closes what the check has opened.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string? TextOf(StoreEntry? entry) => entry is null ? null : Encoding.UTF8.GetString(entry.Value.Span);

    private static Task<StoreWriteResult> PutAsync(IJobStore store, string key, string value, StoreCondition condition = default, TimeSpan? expiry = null) =>
        store.PutAsync(key, Bytes(value), condition, expiry, Token).AsTask();

    private static async Task<string?> ReadAsync(IJobStore store, string key) => TextOf(await store.GetAsync(key, Token));

    private async Task<IJobStore> ConnectAsync(IPEndPoint? server = null, string suffix = "")
    {
        var store = await fixture.ConnectAsync(new BrokerTarget(_target.Namespace + suffix, server ?? _target.Server), Token);
        _stores.Add(store);
        return store;
    }

    private async Task<TStore> ConnectAsync<TStore>(IPEndPoint? server = null)
        where TStore : class, IJobStore
    {
        var store = await ConnectAsync(server);
        Assert.SkipUnless(store is TStore, $"The store is no {typeof(TStore).Name}.");
        return (TStore)store;
    }

    private async Task<TcpProxy> OpenProxyAsync()
    {
        var proxy = await fixture.OpenProxyAsync(_target, Token);
        Assert.SkipUnless(proxy is not null, "The store has no server of the suite's.");
        return proxy;
    }

    private async Task WithinAsync(Task task) => await task.WaitAsync(fixture.Patience, TimeProvider.System, Token);

    private async Task<T> WithinAsync<T>(Task<T> task) => await task.WaitAsync(fixture.Patience, TimeProvider.System, Token);

    private Task PassAsync(TimeSpan span) => fixture.PassAsync(span, Token);

    private Task ExpireAsync() => PassAsync(fixture.Expiry + fixture.Slack);
}
