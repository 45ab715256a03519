namespace Jobs.Transport;

/// <summary>Somebody answered, but no encrypted connection came about: certificates, names, files, or a peer without TLS.</summary>
internal sealed class TlsException(string message, Exception inner) : IOException(message, inner)
{
    /// <summary>False if it may have been a connection that broke; trying again may help.</summary>
    public bool MustBeMended { get; init; }
}
