using Jobs.Brokers.Nats.Protocol;
using Jobs.Transport;

namespace Jobs.Brokers.Nats.Settling;

/// <summary>Acknowledgements that go out together. The last of each consumer asks for an answer: a consumer takes them in their order, so it stands for all.</summary>
/// <remarks>
/// <para>Last goes what stands highest in the stream. A server that was killed may have forgotten the last that it handed out, and those from 2.10 on take no
/// acknowledgement of that, nor say so: if the highest is answered, none was passed over.</para>
/// <para>To be used again and again, by one caller at a time.</para>
/// </remarks>
internal sealed class AckFlush : Completion<bool>, IReplyHandler
{
    private const int None = -1;

    private int _underWay;
    private NatsException? _failure;

    /// <summary>Sends one payload for many deliveries.</summary>
    /// <param name="client">The client.</param>
    /// <param name="payload">What: <c>+ACK</c>, <c>+WPI</c>.</param>
    /// <param name="items">At least one.</param>
    /// <param name="timeout">How long an answer is waited for.</param>
    /// <exception cref="NatsException">There was no answer.</exception>
    public ValueTask SendAsync<T>(INatsClient client, ReadOnlySpan<byte> payload, ReadOnlySpan<T> items, TimeSpan timeout)
        where T : IAckTarget
    {
        Reset();
        Begin(client, payload, items, timeout);
        return Finished;
    }

    /// <summary>As <see cref="SendAsync"/>, but waits without any help of the thread pool.</summary>
    /// <exception cref="TimeoutException">Neither an answer nor a failure came in time; this object is not to be used again.</exception>
    public void Send<T>(INatsClient client, ReadOnlySpan<byte> payload, ReadOnlySpan<T> items, TimeSpan timeout)
        where T : IAckTarget
    {
        Reset();
        BeSynchronous();
        Begin(client, payload, items, timeout);
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

    private void Begin<T>(INatsClient client, ReadOnlySpan<byte> payload, ReadOnlySpan<T> items, TimeSpan timeout)
        where T : IAckTarget
    {
        _failure = null;
        // One more, so that it does not end while it is being sent.
        _underWay = 1;
        Span<int> highest = stackalloc int[NatsNames.Levels];
        highest.Fill(None);
        for (var i = 0; i < items.Length; i++)
        {
            ref var place = ref highest[items[i].Consumer];
            if (place == None || items[i].Sequence > items[place].Sequence)
            {
                place = i;
            }
        }

        var batch = client.RentBatch();
        for (var i = 0; i < items.Length; i++)
        {
            if (highest[items[i].Consumer] != i)
            {
                batch.Publish(items[i].AckSubject, [], [], payload);
            }
        }

        foreach (var place in highest)
        {
            if (place != None)
            {
                Interlocked.Increment(ref _underWay);
                batch.Request(items[place].AckSubject, [], payload, this, 0);
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
