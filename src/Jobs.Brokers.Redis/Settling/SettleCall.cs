using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Receiving;
using Jobs.Brokers.Redis.Scripts;
using Jobs.Messages;

namespace Jobs.Brokers.Redis.Settling;

/// <summary>One call to the server that ends one or more deliveries.</summary>
internal sealed class SettleCall
{
    private readonly RespCommand _command;
    private readonly IReadOnlyList<SettleItem> _items;
    private readonly bool _answersEach;
    private readonly Task<RespReply> _reply;

    private SettleCall(ReceiverContext context, RespCommand command, IReadOnlyList<SettleItem> items, bool answersEach, CancellationToken cancellationToken)
    {
        (_command, _items, _answersEach) = (command, items, answersEach);
        _reply = context.Client.ExecuteAsync(command, cancellationToken).AsTask();
    }

    /// <summary>Removes the entries; checked, only those that are still the consumer's.</summary>
    public static SettleCall Complete(ReceiverContext context, int level, SettleItem[] items, bool isChecked, CancellationToken cancellationToken)
    {
        var command = isChecked
            ? RespCommand.Rent(QueueScripts.CompleteOwned, 1).Key(context.Keys.Streams[level]).Add(context.Consumer)
            : BeginComplete(context, level);
        foreach (var item in items)
        {
            command.AddId(item.Delivery.Entry.Milliseconds, item.Delivery.Entry.Sequence);
            if (isChecked)
            {
                command.Add(item.Delivery.Deliveries);
            }
        }

        return new SettleCall(context, command, items, isChecked, cancellationToken);
    }

    /// <summary>Removes entries that are this consumer's beyond doubt.</summary>
    public static RespCommand BeginComplete(ReceiverContext context, int level) => RespCommand.Rent(QueueScripts.Complete, 1).Key(context.Keys.Streams[level]);

    /// <summary>Retries, defers, releases or dead-letters.</summary>
    public static SettleCall Other(ReceiverContext context, SettleItem item, CancellationToken cancellationToken)
    {
        var (delivery, settlement, keys) = (item.Delivery, item.Settlement, context.Keys);
        RespCommand command;
        if (settlement.Kind == SettleKind.DeadLetter)
        {
            command = RespCommand.Rent(QueueScripts.Bury, 3).Key(keys.Streams[delivery.Level]).Key(keys.Dead).Key(keys.DeadIndex);
            Identify(command, context, delivery)
                .Add(delivery.Message?.Id.ToString() ?? delivery.BrokerMessageId)
                .Add(settlement.Reason ?? (delivery.Message is null ? DeadLetterReason.Undecodable : DeadLetterReason.Rejected))
                .Add(settlement.Error ?? delivery.DecodeError ?? "")
                .Add(item.State.Span);
        }
        else
        {
            command = RespCommand.Rent(QueueScripts.Requeue, 3).Key(keys.Streams[delivery.Level]).Key(keys.Delayed).Key(keys.Bodies);
            var due = settlement.Kind == SettleKind.Release ? null : settlement.Due;
            Identify(command, context, delivery)
                .Add(delivery.Level + 1)
                .Add(DueTime.ToMilliseconds(due))
                // Copies of one job never wait at the same time, but a second job of the same id may.
                .Add($"{delivery.Message?.Id}/{delivery.Entry}")
                .Add(item.State.Span);
        }

        return new SettleCall(context, command, [item], answersEach: false, cancellationToken);
    }

    /// <summary>Notes the answer, or that there was none.</summary>
    public async ValueTask<Exception?> FinishAsync()
    {
        try
        {
            using var reply = await _reply.ConfigureAwait(false);
            Answer(reply);
            return null;
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            foreach (var item in _items)
            {
                item.Interrupted(error);
            }

            return error;
        }
        finally
        {
            _command.Release();
        }
    }

    private static RespCommand Identify(RespCommand command, ReceiverContext context, RedisDelivery delivery) =>
        command.Add(context.Consumer).AddId(delivery.Entry.Milliseconds, delivery.Entry.Sequence).Add(delivery.Deliveries);

    private void Answer(RespReply reply)
    {
        var reader = reply.GetReader();
        if (_answersEach)
        {
            reader.ReadArray();
        }

        var isOneForAll = !_answersEach && _items[0].Settlement.Kind == SettleKind.Complete;
        foreach (var item in _items)
        {
            // Nobody can have taken an unchecked one: it is done, whatever the number of those that were still there.
            item.Answer(isOneForAll ? 1 : reader.ReadInteger());
        }
    }
}
