using System.Collections.Concurrent;
using Jobs.Brokers.Redis.Sending;
using Jobs.Brokers.Redis.Stores;
using Jobs.Messages;
using Jobs.Stores;

namespace Jobs.Brokers.Redis;

/// <content>Messages that are sent in one step with a write to the store.</content>
internal sealed partial class RedisBroker
{
    // Apart from the plain ones, for they have a script, and so numbers, of their own.
    private readonly ConcurrentDictionary<string, QueueSender> _conditionalSenders = new(StringComparer.Ordinal);

    public bool CanWriteTo(IJobStore store) => store is RedisStore redis && redis.IsOf(_namespace, _client);

    public ValueTask SendAsync(
        ReadOnlyMemory<JobMessage> messages,
        ReadOnlyMemory<StoreWrite> writes,
        Memory<SendResult> results,
        Memory<StoreWriteResult> written,
        CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(writes.Length, messages.Length, nameof(writes));
        StoreRules.Check(RedisStore.Promises, writes.Span, written.Length);
        written.Span.Clear();
        var sends = new ConditionalSends(messages, writes, written);
        return SendAsync(messages, results, (queue, part, partResults, token) => SendToAsync(queue, part, partResults, sends, token), cancellationToken);
    }

    private async ValueTask SendToAsync(string queue, ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, ConditionalSends sends, CancellationToken cancellationToken)
    {
        var sender = _conditionalSenders.GetOrAdd(queue, NewConditionalSender);
        sender.Topology = SenderOf(queue).Topology;
        await sends.SendAsync(sender, messages, results, cancellationToken).ConfigureAwait(false);
        if (sender.WaitsForRoom)
        {
            await QueuedSends.WaitForRoomAsync(
                queue,
                messages,
                results,
                (_, part, partResults, token) => sends.SendAsync(sender, part, partResults, token),
                _time,
                cancellationToken).ConfigureAwait(false);
        }
    }

    private QueueSender NewConditionalSender(string queue) =>
        new(_client, KeysOf(queue), $"{_producer}:with", _options, _time, _telemetry, _logger, _disposed.Token, new StoreKeys(_namespace));
}
