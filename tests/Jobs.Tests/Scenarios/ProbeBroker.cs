using System.Collections.Concurrent;
using Jobs.Brokers;
using Jobs.Memory;
using Jobs.Messages;

namespace Jobs.Tests.Scenarios;

/// <summary>One worker's line to the broker that all workers share: notes what is settled, does what a test says, and can be cut.</summary>
internal sealed class ProbeBroker(IJobBroker inner, Changes changes) : IJobBroker
{
    private readonly Changes _changes = changes;
    private readonly TaskCompletionSource _cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentBag<IJobReceiver> _receivers = [];

    public string Name => inner.Name;

    public BrokerFeatures Features => inner.Features;

    public BrokerHealth Health => inner.Health;

    public bool IsCut => _cut.Task.IsCompleted;

    /// <summary>What was settled, in order, with the broker's answer as the worker was told it.</summary>
    public ConcurrentQueue<Settled> Settled { get; } = new();

    /// <summary>Called instead of settling; gets the way to the broker.</summary>
    public Func<Settlement[], Func<ValueTask<SettleResult[]>>, ValueTask<SettleResult[]>>? OnSettle { get; set; }

    /// <summary>Called instead of renewing; null lets the renewal through.</summary>
    public Func<JobDelivery, SettleResult?>? OnRenew { get; set; }

    /// <summary>Called before each receive.</summary>
    public Func<ValueTask>? OnReceive { get; set; }

    /// <summary>What a power failure does: nothing goes out any more, and nothing comes in.</summary>
    public async Task CutAsync()
    {
        _cut.TrySetResult();
        _changes.Raise();
        foreach (var receiver in _receivers)
        {
            await receiver.StopAsync(CancellationToken.None);
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken) =>
        inner.SendAsync(messages, results, cancellationToken);

    public ValueTask ProvisionAsync(BrokerTopology topology, ProvisionMode mode, CancellationToken cancellationToken) =>
        inner.ProvisionAsync(topology, mode, cancellationToken);

    public async ValueTask<IJobReceiver> OpenReceiverAsync(string queue, ReceiverOptions options, CancellationToken cancellationToken)
    {
        var receiver = await inner.OpenReceiverAsync(queue, options, cancellationToken);
        _receivers.Add(receiver);
        return new Receiver(this, receiver);
    }

    public ValueTask DisposeAsync() => default;

    private async ValueTask<SettleResult[]> SettleAsync(IJobReceiver receiver, Settlement[] settlements, CancellationToken cancellationToken)
    {
        if (IsCut)
        {
            return new SettleResult[settlements.Length];
        }

        return OnSettle is { } script ? await script(settlements, ThroughAsync) : await ThroughAsync();

        async ValueTask<SettleResult[]> ThroughAsync()
        {
            var results = new SettleResult[settlements.Length];
            if (!IsCut)
            {
                await receiver.SettleAsync(settlements, results, cancellationToken);
            }

            return results;
        }
    }

    /// <summary>One queue's end of the line.</summary>
    internal sealed class Receiver(ProbeBroker probe, IJobReceiver inner) : IJobReceiver
    {
        private volatile ScriptRun? _settling;

        /// <summary>True while a receive waits and nobody has woken it.</summary>
        public bool IsParked => inner is MemoryReceiver { IsParked: true };

        /// <summary>True while what the test does instead of settling waits for the test.</summary>
        public bool IsSettlingInScript => _settling is { IsWaiting: true };

        public async ValueTask<int> ReceiveAsync(Memory<JobDelivery> buffer, bool wait, CancellationToken cancellationToken)
        {
            if (probe.OnReceive is { } script)
            {
                await script();
            }

            var count = probe.IsCut ? 0 : await inner.ReceiveAsync(buffer, wait, cancellationToken);
            if (probe.IsCut)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }

            return count;
        }

        public ValueTask SettleAsync(ReadOnlyMemory<Settlement> settlements, Memory<SettleResult> results, CancellationToken cancellationToken)
        {
            _settling = new ScriptRun(probe._changes);
            return new(_settling.RunAsync(() => SettleInScriptAsync(settlements, results, cancellationToken)));
        }

        public void Renew(ReadOnlySpan<JobDelivery> deliveries, Span<SettleResult> results)
        {
            for (var i = 0; i < deliveries.Length; i++)
            {
                if (probe.IsCut)
                {
                    results[i] = SettleResult.Unknown;
                }
                else if (probe.OnRenew?.Invoke(deliveries[i]) is { } answer)
                {
                    results[i] = answer;
                }
                else
                {
                    inner.Renew(deliveries.Slice(i, 1), results.Slice(i, 1));
                }
            }
        }

        public ValueTask StopAsync(CancellationToken cancellationToken) => inner.StopAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();

        private async Task SettleInScriptAsync(ReadOnlyMemory<Settlement> settlements, Memory<SettleResult> results, CancellationToken cancellationToken)
        {
            // Who it was must be asked before: afterwards the delivery is the broker's again.
            var asked = settlements.ToArray();
            var settled = Array.ConvertAll(asked, static settlement => new Settled(
                settlement.Delivery.Message?.Id ?? default, settlement.Kind, default, settlement.Reason, settlement.Failure?.Type, settlement.Due));
            var answers = await probe.SettleAsync(inner, asked, cancellationToken);
            answers.CopyTo(results);
            for (var i = 0; i < settled.Length; i++)
            {
                probe.Settled.Enqueue(settled[i] with { Result = answers[i] });
            }

            probe._changes.Raise();
        }
    }
}
