using Jobs.Brokers.Sqs.Protocol;

namespace Jobs.Brokers.Sqs.Receiving;

/// <summary>The receives that are under way at one queue of SQS, and how many it is worth having.</summary>
/// <remarks>
/// <para>1. Each receive that brings ten messages is worth one more, each that waits in vain halves their number.</para>
/// <para>2. None is cancelled to end a wait: what SQS would hand out to it would be hidden, and nobody would see it. What comes late, waits.</para>
/// </remarks>
/// <param name="context">What the parts of the receiver share.</param>
/// <param name="level">The level of the queue.</param>
/// <param name="arrived">Takes what came.</param>
/// <param name="count">Tells how much has come that nobody has taken.</param>
/// <param name="ended">Told after each receive.</param>
/// <param name="abort">Ends them, for the receiver is closed.</param>
internal sealed class QueuePolls(ReceiverContext context, int level, Action<int, SqsMessages> arrived, Func<int> count, Action ended, CancellationToken abort)
{
    private static readonly string[] AttributeNames = [Bodies.EncodingAttribute];

    private readonly Lock _lock = new();
    private readonly string _name = context.NameOf(level);
    private int _worth = 1;
    private int _waiting;
    private int _outstanding;
    private SqsException? _failure;

    public string Name => _name;

    /// <summary>How many messages may still come of what was asked for.</summary>
    public int Outstanding
    {
        get
        {
            lock (_lock)
            {
                return _outstanding;
            }
        }
    }

    /// <summary>True while a receive waits: whatever comes in, comes in there.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting > 0;
            }
        }
    }

    /// <summary>Why a receive has failed, or null. Told once.</summary>
    public SqsException? TakeFailure() => Interlocked.Exchange(ref _failure, null);

    /// <summary>Asks, and waits at SQS, for as many as there is room for, less what has come and what may still come.</summary>
    public void Ask(int room)
    {
        var polls = new List<int>();
        lock (_lock)
        {
            // In this order: what comes in between is counted twice, never not at all.
            var left = room - _outstanding - count();
            for (; left > 0 && _waiting < _worth; left -= SqsLimits.MaxBatch)
            {
                var part = Math.Min(SqsLimits.MaxBatch, left);
                _waiting++;
                _outstanding += part;
                polls.Add(part);
            }
        }

        // One may fail at once; the next try is the caller's.
        polls.ForEach(part => _ = PollAsync(part, wait: true));
    }

    /// <summary>Asks for what there is now.</summary>
    /// <param name="room">At most for how many, counting what has come and what may still come.</param>
    /// <param name="cancellationToken">Ends the wait; what comes then, waits for the next receive.</param>
    public async ValueTask AskNowAsync(int room, CancellationToken cancellationToken)
    {
        // In this order, as above.
        var most = room - Outstanding;
        most -= count();
        var came = 0;
        for (var atOnce = 1; came < most; atOnce = Math.Min(atOnce * 2, context.Options.MaxReceives))
        {
            var polls = new List<Task<int>>();
            var asked = 0;
            while (polls.Count < atOnce && came + asked < most)
            {
                var part = Math.Min(SqsLimits.MaxBatch, most - came - asked);
                asked += part;
                lock (_lock)
                {
                    _outstanding += part;
                }

                polls.Add(PollAsync(part, wait: false));
            }

            var got = (await Task.WhenAll(polls).WaitAsync(cancellationToken).ConfigureAwait(false)).Sum();
            came += got;
            if (got < asked)
            {
                return;
            }
        }
    }

    private async Task<int> PollAsync(int most, bool wait)
    {
        var came = 0;
        try
        {
            var url = await context.Urls.GetAsync(_name, abort).ConfigureAwait(false);
            var options = new SqsReceiveOptions(most, wait ? (int)context.Options.ReceiveWait.TotalSeconds : 0, context.Leases.Seconds) { AttributeNames = AttributeNames };
            using var messages = await context.Client.ReceiveMessageAsync(url, options, abort).ConfigureAwait(false);
            came = messages.Count;
            if (came > 0)
            {
                arrived(level, messages);
            }
        }
        catch (SqsException error)
        {
            if (error.Kind == SqsErrorKind.QueueDoesNotExist)
            {
                context.Urls.Forget(_name);
            }

            _failure = error;
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            // The receiver is closed.
        }
        finally
        {
            lock (_lock)
            {
                _outstanding -= most;
                _waiting -= wait ? 1 : 0;
                _worth = came == SqsLimits.MaxBatch ? Math.Min(_worth + 1, context.Options.MaxReceives)
                    : came == 0 && wait ? Math.Max(1, _worth / 2)
                    : _worth;
            }

            ended();
        }

        return came;
    }
}
