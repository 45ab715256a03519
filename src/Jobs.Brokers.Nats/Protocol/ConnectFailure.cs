using System.Net;
using System.Net.Sockets;
using Jobs.Transport;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Says why there is no connection, and what to do about it.</summary>
/// <param name="Message">For people; it shows no password.</param>
/// <param name="MustBeMended">True if trying again helps only once somebody has changed something.</param>
internal readonly record struct ConnectFailure(string Message, bool MustBeMended)
{
    public static ConnectFailure Of(Exception exception, DnsEndPoint server, NatsClientOptions options)
    {
        var where = $"NATS at {server.Host}:{server.Port}";
        return exception switch
        {
            NatsConfigurationException mistake => new(mistake.Message, true),
            NatsAuthorizationException refusal => new($"{where} refused the connection: {refusal.Message}. {CredentialsRemedy(options)}", true),
            NatsServerException refusal => OfRefusal(refusal.Message, where),
            NatsProtocolException alien => new($"{server.Host}:{server.Port} is not a NATS server, or not by this port: {alien.Message} Check host and port (4222 is the usual one for clients), and whether it expects TLS first (tlsFirst=true).", true),
            TlsException tls => new($"No TLS connection to {where}: {tls.Message.TrimEnd('.')}. {TlsRemedy(options)}", tls.MustBeMended),
            // A server refuses a client's certificate, or its absence, only when the client already goes on.
            IOException { InnerException: not (null or SocketException) } => new($"No TLS connection to {where}: {exception.GetBaseException().Message.TrimEnd('.')}. {TlsRemedy(options)}", true),
            EndOfStreamException => new($"{where} closed the connection during the greeting.{(options.RequiresTls ? " If it wants a client certificate, see 'tlsCertificate' and 'tlsKey' in the connection string." : " If it expects TLS first, set tlsFirst=true.")}", false),
            SocketException socket => new($"{where} cannot be reached: {socket.Message}.", false),
            _ => new($"No connection to {where}: {exception.Message}", false),
        };
    }

    private static ConnectFailure OfRefusal(string error, string where)
    {
        var remedy = error.Contains("route port", StringComparison.OrdinalIgnoreCase) || error.Contains("gateway port", StringComparison.OrdinalIgnoreCase) || error.Contains("leafnode port", StringComparison.OrdinalIgnoreCase)
                ? "This port is for other servers: name the one for clients (usually 4222) in the connection string."
            : error.Contains("TLS", StringComparison.OrdinalIgnoreCase) ? "Set tls=true in the connection string, or use tls://."
            : null;
        return new($"{where} refused the connection: {error.TrimEnd('.')}.{(remedy is null ? "" : " ")}{remedy}", remedy is not null);
    }

    private static string CredentialsRemedy(NatsClientOptions options) =>
        options.CredentialsFile is { } credentials ? $"The file '{credentials}' ('creds' in the connection string) may have expired or been revoked, or belong to an account that the server does not know."
        : options.NKeyFile is { } key ? $"The server does not know the public key of '{key}' ('nkey' in the connection string)."
        : options.Token is not null ? "The token is wrong: see 'token' in the connection string."
        : options.User is not null ? $"User '{options.User}' or its password is wrong: see 'user' and 'password' in the connection string."
        : "It wants credentials: set 'user' and 'password', 'token', 'nkey' or 'creds' in the connection string.";

    private static string TlsRemedy(NatsClientOptions options) => options.TlsVerify
        ? "Check that 'tlsCa' names the authority of its certificate, that the certificate is for the host (or 'tlsHost'), and, if it wants a client certificate, 'tlsCertificate' and 'tlsKey'."
        : "If it wants a client certificate, check 'tlsCertificate' and 'tlsKey'.";
}
