using Jobs.Brokers;
using Jobs.Memory;
using Jobs.Testing.Faults;
using Jobs.Testing.Recording;
using Jobs.Testing.Watching;

namespace Jobs.Testing;

/// <summary>Receives from the memory broker for one process: writes down how runs ended, and fails as the script says.</summary>
internal sealed class ScriptedReceiver(MemoryReceiver inner, FaultScript faults, Recorder recorder, ChangeSignal changes, CancellationToken severed) : IJobReceiver
{
    /// <summary>True while a receive waits and nobody has woken it.</summary>
    public bool IsParked => inner.IsParked;

    public ValueTask<int> ReceiveAsync(Memory<JobDelivery> buffer, bool wait, CancellationToken cancellationToken) =>
        severed.IsCancellationRequested ? NeverAsync(cancellationToken) : inner.ReceiveAsync(buffer, wait, cancellationToken);

    public async ValueTask SettleAsync(ReadOnlyMemory<Settlement> settlements, Memory<SettleResult> results, CancellationToken cancellationToken)
    {
        for (var i = 0; i < settlements.Length; i++)
        {
            var fault = severed.IsCancellationRequested ? SettleFault.NotCarriedOut : faults.NextSettle();
            var settlement = settlements.Span[i];
            // Once settled, the children belong to the broker.
            var children = settlement.Then?.Select(Recorder.Picture).ToArray() ?? [];
            var outcome = recorder.TakeEnding(settlement.Delivery);
            results.Span[i] = SettleResult.Unknown;
            if (fault != SettleFault.NotCarriedOut)
            {
                await inner.SettleAsync(settlements.Slice(i, 1), results.Slice(i, 1), cancellationToken).ConfigureAwait(false);
            }

            Record(outcome, results.Span[i], children);
            if (fault == SettleFault.AnswerLost)
            {
                results.Span[i] = SettleResult.Unknown;
            }
        }

        changes.Raise();
    }

    public void Renew(ReadOnlySpan<JobDelivery> deliveries, Span<SettleResult> results)
    {
        if (severed.IsCancellationRequested)
        {
            results[..deliveries.Length].Clear();
            return;
        }

        inner.Renew(deliveries, results);
    }

    public ValueTask StopAsync(CancellationToken cancellationToken) => inner.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private void Record(JobOutcome? outcome, SettleResult result, EnqueuedJob?[] children)
    {
        if (outcome is not null)
        {
            recorder.Add(outcome with { Settled = result });
        }

        if (result == SettleResult.Ok)
        {
            foreach (var child in children)
            {
                recorder.Add(child);
            }
        }
    }

    private static async ValueTask<int> NeverAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        return 0;
    }
}
