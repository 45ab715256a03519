using Jobs.Brokers.Nats.Administration;
using Jobs.Brokers.Nats.JetStream;

namespace Jobs.Brokers.Nats;

/// <content>Queues.</content>
internal sealed partial class NatsBroker
{
    private KeyValueBucket Control => field ??= new KeyValueBucket(_jetStream, _names.ControlBucket);

    private QueueState State => field ??= new QueueState(_client, _jetStream, _names, _time);

    public ValueTask<QueueDepth> GetDepthAsync(string queue, CancellationToken cancellationToken = default) => State.GetDepthAsync(queue, cancellationToken);

    public ValueTask<long> PurgeAsync(string queue, CancellationToken cancellationToken = default) => State.PurgeAsync(queue, cancellationToken);

    public async ValueTask SetPausedAsync(string queue, bool paused, CancellationToken cancellationToken = default)
    {
        var key = NatsNames.PausedKey(queue);
        if (await _jetStream.GetStreamAsync(Control.Stream, cancellationToken: cancellationToken).ConfigureAwait(false) is null)
        {
            await _jetStream.CreateStreamAsync(Control.Config(_options.Replicas), cancellationToken).ConfigureAwait(false);
        }

        if (paused)
        {
            await Control.PutAsync(key, "1"u8.ToArray(), ttl: null, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await Control.DeleteAsync(key, revision: null, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<bool> IsPausedAsync(string queue, CancellationToken cancellationToken = default)
    {
        try
        {
            return await Control.GetAsync(NatsNames.PausedKey(queue), cancellationToken).ConfigureAwait(false) is not null;
        }
        catch (JetStreamException error) when (error.Kind == JetStreamErrorKind.NotFound)
        {
            // Without the bucket nobody ever paused anything.
            return false;
        }
    }
}
