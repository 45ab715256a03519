using System.Runtime.ExceptionServices;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Transport;

namespace Jobs.Brokers.Nats.JetStream;

/// <summary>The tries of one call: which errors pass, and for how long they are borne. Not for concurrent use.</summary>
internal sealed class Tries(TimeProvider time, TimeSpan patience)
{
    private readonly RetryPause _pause = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2), time);
    private long? _since;

    /// <summary>True if a try may have been carried out though its answer was lost.</summary>
    public bool MayHaveArrived { get; private set; }

    /// <summary>Waits before the next try.</summary>
    /// <exception cref="Exception">The error, if it does not pass, or has lasted for too long.</exception>
    public async ValueTask WaitAsync(Exception error, CancellationToken cancellationToken)
    {
        switch (error)
        {
            case NatsConnectionException lost:
                // While there is no server the call waits for one.
                MayHaveArrived |= lost.MayHaveArrived;
                _since = null;
                break;
            case NatsTimeoutException:
                MayHaveArrived = true;
                ThrowIfOver(error);
                break;
            case NatsNoRespondersException or NatsBufferFullException:
                ThrowIfOver(error);
                break;
            case JetStreamException refused when refused.Kind.Passes():
                ThrowIfOver(error);
                break;
            default:
                ExceptionDispatchInfo.Throw(error);
                break;
        }

        await _pause.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private void ThrowIfOver(Exception error)
    {
        _since ??= time.GetTimestamp();
        if (time.GetElapsedTime(_since.Value) >= patience)
        {
            throw new JetStreamException(JetStreamErrorKind.Unavailable, 503, 0, $"JetStream has not been available for {patience.TotalSeconds:0} s: {error.Message}", error);
        }
    }
}
