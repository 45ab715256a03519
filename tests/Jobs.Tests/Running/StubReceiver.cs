using System.Collections.Concurrent;
using Jobs.Brokers;

namespace Jobs.Tests.Running;

/// <summary>A receiver that hands out nothing, and settles and renews as a test says.</summary>
internal sealed class StubReceiver : IJobReceiver
{
    public ConcurrentQueue<Settlement[]> Flushes { get; } = new();

    public IEnumerable<Settlement> Settled => Flushes.SelectMany(flush => flush);

    public List<JobDelivery> Renewed { get; } = [];

    /// <summary>Called with each flush before it is answered with <see cref="SettleResult.Ok"/>.</summary>
    public Func<Settlement[], Memory<SettleResult>, ValueTask>? OnSettle { get; set; }

    public Func<JobDelivery, SettleResult> OnRenew { get; set; } = static _ => SettleResult.Ok;

    public ValueTask<int> ReceiveAsync(Memory<JobDelivery> buffer, bool wait, CancellationToken cancellationToken) => new(0);

    public ValueTask SettleAsync(ReadOnlyMemory<Settlement> settlements, Memory<SettleResult> results, CancellationToken cancellationToken)
    {
        var flush = settlements.ToArray();
        Flushes.Enqueue(flush);
        results.Span[..flush.Length].Fill(SettleResult.Ok);
        return OnSettle?.Invoke(flush, results) ?? default;
    }

    public void Renew(ReadOnlySpan<JobDelivery> deliveries, Span<SettleResult> results)
    {
        for (var i = 0; i < deliveries.Length; i++)
        {
            Renewed.Add(deliveries[i]);
            results[i] = OnRenew(deliveries[i]);
        }
    }

    public ValueTask StopAsync(CancellationToken cancellationToken) => default;

    public ValueTask DisposeAsync() => default;
}
