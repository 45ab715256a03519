namespace Jobs.Brokers.Nats.Receiving;

/// <summary>The consumers of one queue, a level each, and how they are asked. One receive at a time asks; the connection's ups and downs come from another thread.</summary>
/// <param name="context">What the parts of the receiver share.</param>
/// <param name="owner">Takes what comes.</param>
/// <param name="arrived">Tells how much has come that nobody has taken.</param>
/// <param name="happened">Set with whatever comes.</param>
/// <param name="stop">Ends receiving.</param>
internal sealed class LevelPulls(ReceiverContext context, IPullOwner owner, Func<int> arrived, WakeUp happened, CancellationToken stop) : IDisposable
{
    /// <summary>How long an answer is waited for that should come at once.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly PullConsumer[] _consumers =
        Array.ConvertAll(context.Levels, level => new PullConsumer(context.Client, context.Stream, NatsNames.Consumer(level), level, owner, context.Time));

    private volatile bool _isConnected;
    private uint _turn;

    public bool IsConnected => _isConnected;

    /// <summary>True if there is more than one.</summary>
    public bool HasLevels => _consumers.Length > 1;

    /// <summary>There is a connection; nothing was asked for on it.</summary>
    public void Connected()
    {
        Forget();
        _isConnected = true;
    }

    /// <summary>The connection has ended: nothing that was asked for will come.</summary>
    public void Disconnected()
    {
        _isConnected = false;
        Forget();
    }

    /// <summary>Asks each for so many, less what may still come.</summary>
    public void AskEach(int credit) => Array.ForEach(_consumers, consumer => Ask(consumer, credit));

    /// <summary>Asks for more while the caller works, where there is one level only.</summary>
    public void TopUp(int credit)
    {
        if (credit > 0 && _consumers is [{ IsGone: false, IsUnanswered: false } only] && _isConnected)
        {
            Ask(only, credit);
        }
    }

    /// <summary>Asks each level in turn, highest first, without waiting. One turn in four begins with the second level, one in sixteen with the last,
    /// for a quarter of the credit: none starves.</summary>
    public async ValueTask SweepAsync(int credit, CancellationToken cancellationToken)
    {
        _turn++;
        var first = _consumers.Length == 1 ? 0 : _turn % 16 == 0 ? _consumers.Length - 1 : _turn % 4 == 0 ? 1 : 0;
        if (first > 0)
        {
            await AskNowAsync(_consumers[first], Math.Max(1, credit / 4), cancellationToken).ConfigureAwait(false);
        }

        foreach (var consumer in _consumers)
        {
            var left = credit - arrived();
            if (left <= 0)
            {
                break;
            }

            await AskNowAsync(consumer, left, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Makes consumers again that are gone, or may be.</summary>
    /// <exception cref="IOException">Why one does not let us receive.</exception>
    public async ValueTask MendAsync(CancellationToken cancellationToken)
    {
        foreach (var consumer in _consumers)
        {
            if (consumer.TakeRefusal() is { } refusal)
            {
                throw refusal;
            }

            if (consumer.IsGone || consumer.IsUnanswered)
            {
                var isGone = consumer.IsGone;
                await context.CreateConsumer(consumer.Level, cancellationToken).ConfigureAwait(false);
                consumer.Renewed();
                if (!isGone)
                {
                    continue;
                }

                context.Telemetry.ErrorSwallowed("consumer");
                Log.ConsumerRecreated(context.Logger, context.Queue);
            }
        }
    }

    /// <summary>Makes sure that all are there.</summary>
    public async ValueTask CreateMissingAsync(CancellationToken cancellationToken)
    {
        foreach (var consumer in _consumers)
        {
            // Making one that is there changes nothing.
            await context.CreateConsumer(consumer.Level, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>True if one has been silent for so long that what was asked for may have been forgotten; it then counts no more.</summary>
    public bool TryGiveUp()
    {
        var isSilent = false;
        foreach (var consumer in _consumers)
        {
            isSilent |= consumer.TryGiveUp();
        }

        return isSilent;
    }

    /// <summary>Asks for no more; what the server had sent before it knew still comes.</summary>
    public void Stop() => Array.ForEach(_consumers, static consumer => consumer.Stop());

    public void Dispose() => Array.ForEach(_consumers, static consumer => consumer.Dispose());

    private void Forget() => Array.ForEach(_consumers, static consumer => consumer.Forget());

    // Asks for as many as the caller has room for, less what may still come, or has come since he looked.
    private void Ask(PullConsumer consumer, int credit)
    {
        // In this order: what comes in between is counted twice, never not at all.
        var outstanding = consumer.Outstanding + arrived();
        if (outstanding == 0 || outstanding <= credit / 2)
        {
            consumer.Pull(credit - outstanding, wait: true);
        }
    }

    private async ValueTask AskNowAsync(PullConsumer consumer, int count, CancellationToken cancellationToken)
    {
        consumer.Pull(count, wait: false);
        var begun = context.Time.GetTimestamp();
        while (consumer.IsAsking && _isConnected && !stop.IsCancellationRequested)
        {
            var left = Patience - context.Time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
            {
                consumer.Forget();
                await CreateMissingAsync(cancellationToken).ConfigureAwait(false);
                return;
            }

            await happened.WaitAsync(left, cancellationToken).ConfigureAwait(false);
        }
    }
}
