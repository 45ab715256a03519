using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.Stores;

/// <summary>The clock that entries expire by: that of the server which leads the stream, for it stamps what is stored. Safe for concurrent use.</summary>
/// <remarks>
/// <para>The clocks of the nodes do not count, however wrong they are: something is stored, and its stamp is from between the moment it was sent and
/// the moment it was read. From then on the time that has passed here is added, until the next look, a minute later or with the next connection.</para>
/// <para>When the server is asked is told from both sides, so that whoever holds something for a while is never cut short.</para>
/// </remarks>
internal sealed class ServerClock(INatsClient client, JetStreamClient jetStream, StoreReader reader, StoreNames names, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Valid = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile Sample? _sample;

    /// <summary>No later than the server's time is now.</summary>
    public async ValueTask<DateTimeOffset> EarliestAsync(CancellationToken cancellationToken)
    {
        var sample = await SampleAsync(cancellationToken).ConfigureAwait(false);
        return sample.Stamp + time.GetElapsedTime(sample.ReadAt);
    }

    /// <summary>No earlier than the server's time is now.</summary>
    public async ValueTask<DateTimeOffset> LatestAsync(CancellationToken cancellationToken)
    {
        var sample = await SampleAsync(cancellationToken).ConfigureAwait(false);
        return sample.Stamp + time.GetElapsedTime(sample.SentAt);
    }

    public void Dispose() => _turn.Dispose();

    private bool IsFresh(Sample? sample) => sample is not null && sample.Reconnects == client.Reconnects && time.GetElapsedTime(sample.SentAt) < Valid;

    private async ValueTask<Sample> SampleAsync(CancellationToken cancellationToken)
    {
        if (_sample is { } known && IsFresh(known))
        {
            return known;
        }

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_sample is { } taken && IsFresh(taken))
            {
                return taken;
            }

            var reconnects = client.Reconnects;
            var sentAt = time.GetTimestamp();
            var (ack, _) = await jetStream.PublishAsync(names.ClockSubject, default, default, cancellationToken).ConfigureAwait(false);
            if (!ack.IsStored)
            {
                // What lies there is older, and would tell a time long past.
                throw ack.Refusal(names.ClockSubject);
            }

            // Somebody else's will do: it was stamped after ours.
            var stored = await reader.ReadAsync(names.ClockSubject, mayLag: false, cancellationToken).ConfigureAwait(false)
                ?? throw new JetStreamException(JetStreamErrorKind.Unavailable, 503, 0, $"What was just stored in '{names.Stream}' is not there.");
            return _sample = new Sample(stored.Time, sentAt, time.GetTimestamp(), reconnects);
        }
        finally
        {
            _turn.Release();
        }
    }

    private sealed record Sample(DateTimeOffset Stamp, long SentAt, long ReadAt, long Reconnects);
}
