using Jobs.Brokers.Nats.Protocol;
using Jobs.Transport;

namespace Jobs.Brokers.Nats.Settling;

/// <summary>Acknowledgements that go out together. The last of each consumer asks for an answer: a consumer takes them in their order, so it stands for all.</summary>
/// <remarks>To be used again and again, by one caller at a time.</remarks>
internal sealed class AckFlush : Completion<bool>, IReplyHandler
{
    private int _underWay;
    private NatsException? _failure;

    /// <summary>Sends one payload for many deliveries.</summary>
    /// <param name="client">The client.</param>
    /// <param name="payload">What: <c>+ACK</c>, <c>+WPI</c>.</param>
    /// <param name="items">At least one.</param>
    /// <param name="subjectOf">Where the acknowledgement of each goes.</param>
    /// <param name="timeout">How long an answer is waited for.</param>
    /// <exception cref="NatsException">There was no answer.</exception>
    public ValueTask SendAsync<T>(INatsClient client, ReadOnlySpan<byte> payload, ReadOnlySpan<T> items, AckSubjectOf<T> subjectOf, TimeSpan timeout)
    {
        Reset();
        Begin(client, payload, items, subjectOf, timeout);
        return Finished;
    }

    /// <summary>As <see cref="SendAsync"/>, but waits without any help of the thread pool.</summary>
    /// <exception cref="TimeoutException">Neither an answer nor a failure came in time; this object is not to be used again.</exception>
    public void Send<T>(INatsClient client, ReadOnlySpan<byte> payload, ReadOnlySpan<T> items, AckSubjectOf<T> subjectOf, TimeSpan timeout)
    {
        Reset();
        BeSynchronous();
        Begin(client, payload, items, subjectOf, timeout);
        if (!Wait(timeout))
        {
            throw new TimeoutException($"NATS did not answer within {timeout.TotalSeconds:0.###} s.");
        }

        Result.GetAwaiter().GetResult();
    }

    void IReplyHandler.OnReply(long token, in NatsMessage reply) => EndOne(null);

    void IReplyHandler.OnFailure(long token, NatsException error) => EndOne(error);

    protected override void Taken()
    {
    }

    private void Begin<T>(INatsClient client, ReadOnlySpan<byte> payload, ReadOnlySpan<T> items, AckSubjectOf<T> subjectOf, TimeSpan timeout)
    {
        _failure = null;
        // One more, so that it does not end while it is being sent.
        _underWay = 1;
        Span<int> last = stackalloc int[NatsNames.Levels];
        for (var i = 0; i < items.Length; i++)
        {
            subjectOf(items[i], out var level);
            last[level] = i;
        }

        var batch = client.RentBatch();
        for (var i = 0; i < items.Length; i++)
        {
            var subject = subjectOf(items[i], out var level);
            if (last[level] == i)
            {
                Interlocked.Increment(ref _underWay);
                batch.Request(subject, [], payload, this, 0);
            }
            else
            {
                batch.Publish(subject, [], [], payload);
            }
        }

        client.TrySend(batch, timeout);
        EndOne(null);
    }

    private void EndOne(NatsException? failure)
    {
        if (failure is not null)
        {
            Interlocked.CompareExchange(ref _failure, failure, null);
        }

        if (Interlocked.Decrement(ref _underWay) == 0)
        {
            Complete(true, _failure);
        }
    }
}
