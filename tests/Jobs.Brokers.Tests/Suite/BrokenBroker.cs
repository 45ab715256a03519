using Jobs.Brokers.Conformance.Faults;
using Jobs.Messages;

namespace Jobs.Brokers.Tests.Suite;

/// <summary>A broker that breaks a rule.</summary>
internal sealed class BrokenBroker(IJobBroker inner) : FaultyFullBroker(inner, new BrokerFaults(), leaveOpen: false), IDeadLetterQueue
{
    private readonly IJobBroker _inner = inner;

    /// <summary>How receivers are opened instead.</summary>
    public Func<ReceiverOptions, ReceiverOptions> Opening { get; init; } = static options => options;

    /// <summary>What becomes of a receiver.</summary>
    public Func<IJobReceiver, IJobReceiver> Receiving { get; init; } = static receiver => receiver;

    /// <summary>What is sent instead.</summary>
    public Action<JobMessage> Sending { get; init; } = static _ => { };

    /// <summary>What is left of a dead letter's state.</summary>
    public Func<MessageState, MessageState> Burying { get; init; } = static state => state;

    ValueTask IJobSender.SendAsync(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken)
    {
        foreach (var message in messages.Span)
        {
            Sending(message);
        }

        return _inner.SendAsync(messages, results, cancellationToken);
    }

    async ValueTask<IJobReceiver> IJobBroker.OpenReceiverAsync(string queue, ReceiverOptions options, CancellationToken cancellationToken) =>
        Receiving(await _inner.OpenReceiverAsync(queue, Opening(options), cancellationToken));

    async ValueTask<DeadLetter?> IDeadLetterQueue.GetDeadLetterAsync(string queue, string key, CancellationToken cancellationToken) =>
        await GetDeadLetterAsync(queue, key, cancellationToken) is not { } letter ? null : new DeadLetter
        {
            Key = letter.Key,
            Queue = letter.Queue,
            Reason = letter.Reason,
            Error = letter.Error,
            DiedAt = letter.DiedAt,
            Document = letter.Document,
            Message = letter.Message?.WithState(Burying(letter.Message.State)),
        };
}
