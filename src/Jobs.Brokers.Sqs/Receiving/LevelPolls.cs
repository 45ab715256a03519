using Jobs.Brokers.Sqs.Protocol;

namespace Jobs.Brokers.Sqs.Receiving;

/// <summary>The queues of one receiver at SQS, one a level, and in which turn they are asked. One receive at a time asks.</summary>
/// <param name="context">What the parts of the receiver share.</param>
/// <param name="arrived">Takes what came.</param>
/// <param name="count">Tells how much has come that nobody has taken.</param>
/// <param name="ended">Told after each request.</param>
/// <param name="abort">Ends them, for the receiver is closed.</param>
internal sealed class LevelPolls(ReceiverContext context, Action<int, SqsMessages> arrived, Func<int> count, Action ended, CancellationToken abort)
{
    private readonly QueuePolls[] _levels = Array.ConvertAll(context.Levels, level => new QueuePolls(context, level, arrived, count, ended, abort));
    private uint _turn;

    /// <summary>True if there is more than one.</summary>
    public bool HasLevels => _levels.Length > 1;

    /// <summary>True while anything may still come.</summary>
    public bool IsAsking => Array.Exists(_levels, static level => level.Outstanding > 0);

    /// <summary>Throws what went wrong, once.</summary>
    /// <exception cref="SqsException">A request failed.</exception>
    public void ThrowFailure(out string name)
    {
        name = "";
        foreach (var level in _levels)
        {
            name = level.Name;
            if (level.TakeFailure() is { } failure)
            {
                throw failure;
            }
        }
    }

    /// <summary>Waits at SQS for messages of the only level.</summary>
    /// <param name="room">For how many there is room, counting what has come and what may still come.</param>
    public void Ask(int room) => _levels[0].Ask(room);

    /// <summary>Waits at SQS for the next message of each level.</summary>
    public void AskEach() => Array.ForEach(_levels, static level => level.Ask(1));

    /// <summary>Asks each level for what there is, highest first. One turn in four begins with the second level, one in sixteen with the last, for a quarter
    /// of the room: none starves. A level where a receive waits has nothing.</summary>
    public async ValueTask SweepAsync(int room, CancellationToken cancellationToken)
    {
        _turn++;
        var first = _levels.Length == 1 ? 0 : _turn % 16 == 0 ? _levels.Length - 1 : _turn % 4 == 0 ? 1 : 0;
        if (first > 0)
        {
            await AskNowAsync(_levels[first], Math.Max(1, room / 4), cancellationToken).ConfigureAwait(false);
        }

        foreach (var level in _levels)
        {
            await AskNowAsync(level, room, cancellationToken).ConfigureAwait(false);
        }
    }

    private ValueTask AskNowAsync(QueuePolls level, int room, CancellationToken cancellationToken) =>
        HasLevels && level.IsWaiting ? default : level.AskNowAsync(room, cancellationToken);
}
