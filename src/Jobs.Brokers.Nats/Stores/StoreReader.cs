using Jobs.Brokers.Nats.JetStream;

namespace Jobs.Brokers.Nats.Stores;

/// <summary>Reads messages of a store's stream. Safe for concurrent use.</summary>
/// <remarks>Direct reads are cheap, but any server that keeps the stream answers them, and may lag behind what is stored. So they are for streams of one
/// replica, and for those who only try to replace what they read: if it was not the last, they fail and read again.</remarks>
/// <param name="jetStream">The calls.</param>
/// <param name="stream">The stream.</param>
/// <param name="missing">Called if the stream is not there.</param>
internal sealed class StoreReader(JetStreamClient jetStream, string stream, Action missing)
{
    private volatile bool _isAlone;
    private volatile bool _letsGo;

    /// <summary>True if one server keeps the stream, so that nobody lags. False until that is known.</summary>
    public bool IsAlone => _isAlone;

    /// <summary>True if the server takes out by itself what says when (<see cref="StoreHeaders.ServerTtl"/>). False until that is known.</summary>
    /// <remarks>Not asked of several: each replica goes by its own clock, and servers before 2.12 compare on each of them what a write is to replace. One
    /// that still has what the others have let go of would not store the write that comes after it.</remarks>
    public bool LetsGo => _letsGo;

    /// <summary>The stream as its leader knows it; null if it is not there.</summary>
    public async ValueTask<StreamInfo?> LookAsync(CancellationToken cancellationToken)
    {
        var found = await jetStream.GetStreamAsync(stream, cancellationToken: cancellationToken).ConfigureAwait(false);
        _isAlone = found is { Config.Replicas: 1 };
        _letsGo = found is { Config: { Replicas: 1, AllowsMessageTtl: true } };
        return found;
    }

    /// <summary>The last message of a subject, or null.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="mayLag">True if an older one will do, or none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async ValueTask<StoredMessage?> ReadAsync(string subject, bool mayLag, CancellationToken cancellationToken)
    {
        try
        {
            return mayLag || IsAlone
                ? await jetStream.GetLastDirectAsync(stream, subject, cancellationToken).ConfigureAwait(false)
                : await jetStream.GetLastMessageAsync(stream, subject, cancellationToken).ConfigureAwait(false);
        }
        catch (JetStreamException error) when (error.Kind == JetStreamErrorKind.NotFound)
        {
            missing();
            throw;
        }
    }

    /// <summary>The message at a place, or null.</summary>
    public ValueTask<StoredMessage?> ReadAsync(ulong place, CancellationToken cancellationToken) => IsAlone
        ? jetStream.GetDirectAsync(stream, place, cancellationToken)
        : jetStream.GetMessageAsync(stream, place, null, cancellationToken);
}
