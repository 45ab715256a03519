using Jobs.Brokers;
using Jobs.Cancelling;
using Jobs.Keys;
using Jobs.Memory;
using Jobs.Stores;
using Jobs.Testing;
using Jobs.Tests.Definitions;
using Jobs.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Tests.Keys;

/// <summary>Producers that share a broker, a store and a clock; nobody runs what they enqueue.</summary>
internal sealed class KeyedProducers : IAsyncDisposable
{
    public const string StoreKey = "key:test.keyed:number:7";

    private readonly List<TestHost> _hosts = [];

    /// <param name="inOneStep">True: the broker writes the records of keys as it takes the messages.</param>
    public KeyedProducers(bool inOneStep = false)
    {
        Store = new MemoryStore(Time);
        var features = new BrokerFeatures { MaxDocumentBytes = 1_000_000, MaxSendBatch = 10 };
        Broker = inOneStep ? new ConditionalStubBroker(Store) { Features = features } : new StubBroker { Features = features };
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));

    public StubBroker Broker { get; }

    public MemoryStore Store { get; }

    public IReadOnlyList<JobId> Sent => [.. Broker.Sent.Select(static message => message.Id)];

    public TestHost Start(IJobStore? store = null, Dictionary<string, string?>? configuration = null)
    {
        var host = TestHost.Create(
            static jobs => jobs.AddDefinition(KeyedArgs.Definition).AddDefinition(NumberArgs.Definition).AddDefinition(ResultArgs.Definition),
            new(configuration ?? []) { ["Jobs:Store"] = "stub" },
            Broker,
            store ?? Store,
            services => services.AddSingleton<TimeProvider>(Time));
        _hosts.Add(host);
        return host;
    }

    public async Task<KeyRecord?> RecordAsync(string storeKey = StoreKey) =>
        await Store.GetAsync(storeKey) is { } entry && KeyRecord.TryDecode(entry.Value, out var record) ? record : null;

    public async Task<bool> IsToBeCancelledAsync(JobId id) => await Store.GetAsync(CancelFlags.KeyOf(id)) is not null;

    /// <summary>What a worker does when the job has ended.</summary>
    public ValueTask FreeAsync(JobId id) => new JobKeys(Store, TimeSpan.FromHours(1), Time).FreeAsync(StoreKey, id, run: long.MaxValue, version: 0, default);

    public void Refuse(SendStatus status) => Broker.Answer = _ => new SendResult(status);

    public void Accept() => Broker.Answer = static _ => SendResult.Accepted;

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }
    }
}
