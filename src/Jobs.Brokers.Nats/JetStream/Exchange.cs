using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.JetStream;

/// <summary>Requests that go out together, and whose replies are awaited together. For one use; add them before it is sent.</summary>
/// <param name="client">The connection.</param>
/// <param name="count">How many requests there may be.</param>
/// <param name="read">Reads a reply, on the thread that reads; false if it cannot be read.</param>
internal sealed class Exchange<T>(INatsClient client, int count, ReplyReader<T> read) : IReplyHandler
{
    private readonly TaskCompletionSource _replied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly T[] _answers = new T[count];
    private readonly State[] _states = new State[count];
    private NatsBatch? _batch;
    private int _left = 1;

    private enum State
    {
        Unasked,
        Asked,
        Unanswered,
        NeverArrived,
        Answered,
    }

    /// <summary>Adds a request.</summary>
    /// <exception cref="NatsMaxPayloadException">It is too large; then nothing may be sent.</exception>
    public void Add(int number, ReadOnlySpan<byte> subject, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        (_batch ??= client.RentBatch()).Request(subject, headers, payload, this, number);
        _states[number] = State.Asked;
        _left++;
    }

    /// <summary>Forgets what was added, if it is not to be sent.</summary>
    public void Discard() => _batch?.Dispose();

    /// <summary>Sends all, and waits for all replies, or for what ends the wait for them.</summary>
    public async ValueTask SendAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (_batch is { } batch)
        {
            // Those that could not be sent have heard so.
            client.TrySend(batch, timeout);
            End();
            await _replied.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>True if a request was added.</summary>
    public bool IsAsked(int number) => _states[number] != State.Unasked;

    /// <summary>True if a request without an answer may have arrived all the same.</summary>
    public bool MayHaveArrived(int number) => _states[number] == State.Unanswered;

    /// <summary>The answer to a request, if there is one that could be read.</summary>
    public bool TryGet(int number, out T answer)
    {
        answer = _answers[number];
        return _states[number] == State.Answered;
    }

    void IReplyHandler.OnReply(long token, in NatsMessage reply)
    {
        _states[token] = read(reply, out _answers[token]) ? State.Answered : State.Unanswered;
        End();
    }

    void IReplyHandler.OnFailure(long token, NatsException error)
    {
        _states[token] = error is NatsTimeoutException or NatsConnectionException { MayHaveArrived: true } ? State.Unanswered : State.NeverArrived;
        End();
    }

    private void End()
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _replied.TrySetResult();
        }
    }
}
