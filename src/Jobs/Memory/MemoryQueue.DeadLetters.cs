using Jobs.Brokers;
using Jobs.Messages;
using Jobs.Telemetry;

namespace Jobs.Memory;

/// <content>Dead letters.</content>
internal sealed partial class MemoryQueue
{
    // An eviction storm must not become a log storm.
    private const int EvictionsPerLog = 1_000;

    private readonly DeadLetterList _dead;
    private long _evicted;

    public long EvictedDeadLetters => Interlocked.Read(ref _evicted);

    public int CountDeadLetters()
    {
        lock (_gate)
        {
            return _dead.Count;
        }
    }

    public DeadLetterPage PageDeadLetters(string? cursor, int take)
    {
        DeadLetterPage page;
        lock (_gate)
        {
            page = _dead.Page(cursor, take);
        }

        return page with { Items = [.. page.Items.Select(Detach)] };
    }

    public DeadLetter? FindDeadLetter(string key)
    {
        DeadLetter? letter;
        lock (_gate)
        {
            _dead.TryGet(key, out letter);
        }

        return letter is null ? null : Detach(letter);
    }

    public bool DeleteDeadLetter(string key)
    {
        lock (_gate)
        {
            return _dead.Remove(key);
        }
    }

    public long PurgeDeadLetters(DateTimeOffset diedBefore)
    {
        lock (_gate)
        {
            return _dead.Purge(diedBefore);
        }
    }

    /// <summary>The keys of the entries that a filter names, oldest first.</summary>
    public string[] MatchDeadLetters(ReplayFilter filter)
    {
        lock (_gate)
        {
            return [.. _dead.All.Where(filter.Matches).Take(filter.Limit ?? int.MaxValue).Select(static letter => letter.Key)];
        }
    }

    public ReplayStatus Replay(string key)
    {
        MemoryReceiver? woken;
        lock (_gate)
        {
            if (_isClosed)
            {
                return ReplayStatus.Failed;
            }

            if (!_dead.TryGet(key, out var letter))
            {
                return ReplayStatus.NotFound;
            }

            if (letter.Message is not { } dead)
            {
                return ReplayStatus.Undecodable;
            }

            var now = _time.GetUtcNow();
            var state = dead.State.AfterReplay();
            if (dead.MayRepeat && (_seen.IsLiving(dead.Id) || !_seen.TryAdd(dead.Id, state.Copy, now)))
            {
                return ReplayStatus.Conflict;
            }

            _dead.Remove(key);
            Place(dead.WithState(state));
            Arm(_seen.Next);
            woken = HandOut(now);
        }

        MemoryReceiver.Wake(woken);
        return ReplayStatus.Replayed;
    }

    // What a caller does with a message, releasing it included, must not reach the one that a replay needs.
    private static DeadLetter Detach(DeadLetter letter) => letter.Message is not { } message ? letter : new DeadLetter
    {
        Key = letter.Key,
        Queue = letter.Queue,
        Reason = letter.Reason,
        Error = letter.Error,
        DiedAt = letter.DiedAt,
        Document = letter.Document,
        Message = message.WithState(message.State),
    };

    private void Bury(MemoryDelivery delivery, in Settlement settlement)
    {
        var letter = MakeDeadLetter(delivery, in settlement);
        bool hasEvicted;
        lock (_gate)
        {
            hasEvicted = _dead.Add(letter);
            EndJob(delivery.Message);
            End(delivery, SettleKind.DeadLetter);
        }

        if (hasEvicted && Interlocked.Increment(ref _evicted) is var evicted && evicted % EvictionsPerLog == 1)
        {
            Log.DeadLettersEvicted(_logger, Name, _options.MaxDeadLetters, evicted);
        }
    }

    private DeadLetter MakeDeadLetter(MemoryDelivery delivery, in Settlement settlement)
    {
        if (delivery.Message is not { } message)
        {
            return new DeadLetter
            {
                Key = delivery.Raw!.Id,
                Queue = Name,
                Reason = settlement.Reason ?? DeadLetterReason.Undecodable,
                Error = settlement.Error ?? delivery.Raw.Error,
                DiedAt = _time.GetUtcNow(),
                Document = delivery.Raw.Bytes,
            };
        }

        var state = settlement.NextState();
        byte[] document = [];
        JobMessage dead;
        try
        {
            document = MessageEncoder.Encode(message);
            dead = MessageEncoder.Decode(document, message, state);
        }
#pragma warning disable CA1031 // A payload's own code may throw anything, and a job must not be lost for it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.DeadLetterNotEncoded(_logger, e, message.Name, message.Id);
            dead = message.WithState(state);
        }

        return new DeadLetter
        {
            Key = message.Id.ToString(),
            Queue = Name,
            Reason = settlement.Reason ?? DeadLetterReason.Rejected,
            Error = settlement.Error,
            DiedAt = _time.GetUtcNow(),
            Document = document,
            Message = dead,
        };
    }
}
