namespace Jobs.Brokers.Conformance.Faults;

/// <summary>A receiver of a <see cref="FaultyBroker"/>.</summary>
internal sealed class FaultyReceiver(IJobReceiver inner, BrokerFaults faults) : IJobReceiver
{
    public ValueTask<int> ReceiveAsync(Memory<JobDelivery> buffer, bool wait, CancellationToken cancellationToken) =>
        faults.NextReceive() is { } error ? ValueTask.FromException<int>(error) : inner.ReceiveAsync(buffer, wait, cancellationToken);

    public async ValueTask SettleAsync(ReadOnlyMemory<Settlement> settlements, Memory<SettleResult> results, CancellationToken cancellationToken)
    {
        if (!faults.HasSettlements)
        {
            await inner.SettleAsync(settlements, results, cancellationToken).ConfigureAwait(false);
            return;
        }

        for (var i = 0; i < settlements.Length; i++)
        {
            var isFaulty = faults.NextSettlement(out var fault);
            if (!isFaulty || fault.IsCarriedOut)
            {
                await inner.SettleAsync(settlements.Slice(i, 1), results.Slice(i, 1), cancellationToken).ConfigureAwait(false);
            }

            if (isFaulty)
            {
                results.Span[i] = fault.Told;
            }
        }
    }

    public void Renew(ReadOnlySpan<JobDelivery> deliveries, Span<SettleResult> results)
    {
        if (!faults.HasRenewals)
        {
            inner.Renew(deliveries, results);
            return;
        }

        for (var i = 0; i < deliveries.Length; i++)
        {
            var isFaulty = faults.NextRenewal(out var fault);
            if (!isFaulty || fault.IsCarriedOut)
            {
                inner.Renew(deliveries.Slice(i, 1), results.Slice(i, 1));
            }

            if (isFaulty)
            {
                results[i] = fault.Told;
            }
        }
    }

    public ValueTask StopAsync(CancellationToken cancellationToken) => inner.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
