namespace Jobs.Brokers.Tests.Suite;

/// <summary>A receiver that does what it is told otherwise.</summary>
internal sealed class BrokenReceiver(IJobReceiver inner) : IJobReceiver
{
    /// <summary>What is settled instead.</summary>
    public Func<Settlement, Settlement> Settling { get; init; } = static settlement => settlement;

    /// <summary>What is told of a settlement or renewal instead.</summary>
    public Func<SettleResult, SettleResult> Telling { get; init; } = static result => result;

    public ValueTask<int> ReceiveAsync(Memory<JobDelivery> buffer, bool wait, CancellationToken cancellationToken) =>
        inner.ReceiveAsync(buffer, wait, cancellationToken);

    public async ValueTask SettleAsync(ReadOnlyMemory<Settlement> settlements, Memory<SettleResult> results, CancellationToken cancellationToken)
    {
        await inner.SettleAsync(settlements.ToArray().Select(Settling).ToArray(), results, cancellationToken);
        Tell(results.Span[..settlements.Length]);
    }

    public void Renew(ReadOnlySpan<JobDelivery> deliveries, Span<SettleResult> results)
    {
        inner.Renew(deliveries, results);
        Tell(results[..deliveries.Length]);
    }

    public ValueTask StopAsync(CancellationToken cancellationToken) => inner.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void Tell(Span<SettleResult> results)
    {
        foreach (ref var result in results)
        {
            result = Telling(result);
        }
    }
}
