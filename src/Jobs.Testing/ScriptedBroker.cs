using Jobs.Brokers;
using Jobs.Memory;
using Jobs.Messages;
using Jobs.Testing.Faults;
using Jobs.Testing.Recording;
using Jobs.Testing.Watching;

namespace Jobs.Testing;

/// <summary>One process's way to the memory broker: writes down what passes, and fails as the script says.</summary>
internal sealed class ScriptedBroker(MemoryBroker inner, FaultScript faults, Recorder recorder, ChangeSignal changes) : IDeadLetterQueue, IQueueAdmin
{
    private readonly CancellationTokenSource _severed = new();
    private readonly List<ScriptedReceiver> _receivers = [];

    public string Name => inner.Name;

    public BrokerFeatures Features => inner.Features;

    public BrokerHealth Health => inner.Health;

    /// <summary>Cuts the process off, as its death would: nothing it still says is heard.</summary>
    public async Task SeverAsync()
    {
        await _severed.CancelAsync().ConfigureAwait(false);
        ScriptedReceiver[] receivers;
        lock (_receivers)
        {
            receivers = [.. _receivers];
        }

        foreach (var receiver in receivers)
        {
            await receiver.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken)
    {
        for (var i = 0; i < messages.Length; i++)
        {
            var fault = _severed.IsCancellationRequested ? new SendFault(true, SendStatus.Failed, IsCarriedOut: false) : faults.NextSend();
            if (!fault.IsSet)
            {
                await SendAsync(messages.Slice(i, 1), results.Slice(i, 1), Recorder.Picture(messages.Span[i]), cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (fault.IsCarriedOut)
            {
                // The caller keeps what it takes for lost and may send it again, so the broker gets a copy.
                messages.Span[i].MayRepeat = true;
                var copy = messages.Span[i].WithState(messages.Span[i].State);
                await SendAsync(new[] { copy }, results.Slice(i, 1), Recorder.Picture(copy), cancellationToken).ConfigureAwait(false);
            }

            results.Span[i] = new SendResult(fault.Told, new IOException($"The test asked for a send to end as {fault.Told}."));
        }
    }

    public ValueTask ProvisionAsync(BrokerTopology topology, ProvisionMode mode, CancellationToken cancellationToken) =>
        inner.ProvisionAsync(topology, mode, cancellationToken);

    public async ValueTask<IJobReceiver> OpenReceiverAsync(string queue, ReceiverOptions options, CancellationToken cancellationToken)
    {
        var opened = (MemoryReceiver)await inner.OpenReceiverAsync(queue, options, cancellationToken).ConfigureAwait(false);
        var receiver = new ScriptedReceiver(opened, faults, recorder, changes, _severed.Token);
        lock (_receivers)
        {
            _receivers.Add(receiver);
        }

        return receiver;
    }

    public ValueTask<long> CountDeadLettersAsync(string queue, CancellationToken cancellationToken = default) =>
        inner.CountDeadLettersAsync(queue, cancellationToken);

    public ValueTask<DeadLetterPage> GetDeadLettersAsync(string queue, string? cursor, int take, CancellationToken cancellationToken = default) =>
        inner.GetDeadLettersAsync(queue, cursor, take, cancellationToken);

    public ValueTask<DeadLetter?> GetDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default) =>
        inner.GetDeadLetterAsync(queue, key, cancellationToken);

    public ValueTask<ReplayStatus> ReplayDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default) =>
        inner.ReplayDeadLetterAsync(queue, key, cancellationToken);

    public ValueTask<ReplaySummary> ReplayDeadLettersAsync(string queue, ReplayFilter filter, CancellationToken cancellationToken = default) =>
        inner.ReplayDeadLettersAsync(queue, filter, cancellationToken);

    public ValueTask<bool> DeleteDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default) =>
        inner.DeleteDeadLetterAsync(queue, key, cancellationToken);

    public ValueTask<long> PurgeDeadLettersAsync(string queue, DateTimeOffset diedBefore, CancellationToken cancellationToken = default) =>
        inner.PurgeDeadLettersAsync(queue, diedBefore, cancellationToken);

    public ValueTask<QueueDepth> GetDepthAsync(string queue, CancellationToken cancellationToken = default) =>
        inner.GetDepthAsync(queue, cancellationToken);

    public ValueTask SetPausedAsync(string queue, bool paused, CancellationToken cancellationToken = default) =>
        inner.SetPausedAsync(queue, paused, cancellationToken);

    public ValueTask<bool> IsPausedAsync(string queue, CancellationToken cancellationToken = default) =>
        inner.IsPausedAsync(queue, cancellationToken);

    public ValueTask<long> PurgeAsync(string queue, CancellationToken cancellationToken = default) =>
        inner.PurgeAsync(queue, cancellationToken);

    // The messages live in the broker behind, which outlives this process.
    public ValueTask DisposeAsync() => default;

    private async ValueTask SendAsync(ReadOnlyMemory<JobMessage> message, Memory<SendResult> result, EnqueuedJob? picture, CancellationToken cancellationToken)
    {
        await inner.SendAsync(message, result, cancellationToken).ConfigureAwait(false);
        if (result.Span[0].Status == SendStatus.Accepted)
        {
            recorder.Add(picture);
        }

        changes.Raise();
    }
}
