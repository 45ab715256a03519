using System.Net;
using System.Net.Sockets;
using Jobs.Transport;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Says why there is no connection, and what to do about it.</summary>
/// <param name="Message">For people; it shows no password.</param>
/// <param name="MustBeMended">True if trying again helps only once somebody has changed something.</param>
internal readonly record struct ConnectFailure(string Message, bool MustBeMended)
{
    public static ConnectFailure Of(Exception exception, DnsEndPoint? server, RedisClientOptions options)
    {
        var where = server is null ? "Redis" : $"Redis at {server.Host}:{server.Port}";
        return exception switch
        {
            RedisServerException refusal => Of(refusal, where, options),
            RedisConfigurationException mistake => new(mistake.Message, true),
            RedisProtocolException alien => new($"{server?.Host}:{server?.Port} is not a Redis server, or not by this port: {alien.Message} Check host and port{(options.UseTls ? "" : ", and whether it wants TLS (ssl=true)")}.", true),
            TlsException tls => new($"No TLS connection to {where}: {tls.Message.TrimEnd('.')}. {TlsRemedy(options)}", tls.MustBeMended),
            EndOfStreamException when !options.UseTls => new($"{where} closed the connection during the greeting. If it expects TLS, set ssl=true.", false),
            SocketException socket => new($"{where} cannot be reached: {socket.Message}.", false),
            _ => new($"No connection to {where}: {exception.Message}", false),
        };
    }

    private static ConnectFailure Of(RedisServerException refusal, string where, RedisClientOptions options)
    {
        var remedy = refusal.Kind switch
        {
            RedisErrorKind.WrongPassword => $"The password of user '{options.User ?? "default"}' is wrong: see 'user' and 'password' in the connection string.",
            RedisErrorKind.NoAuthentication when options.Password is null => "It wants a password: set 'password' (and 'user' for an ACL user) in the connection string.",
            RedisErrorKind.NoAuthentication => "See 'user' and 'password' in the connection string.",
            RedisErrorKind.NoPermission => $"The ACL of user '{options.User ?? "default"}' must allow this command.",
            RedisErrorKind.Other => OtherRemedy(refusal.Message),
            _ => null,
        };
        return new($"{where} refused the connection: {refusal.Message.TrimEnd('.')}.{(remedy is null ? "" : " ")}{remedy}", remedy is not null);
    }

    private static string? OtherRemedy(string error) =>
        error.StartsWith("ERR invalid password", StringComparison.OrdinalIgnoreCase) ? "See 'password' in the connection string."
        : error.Contains("without any password configured", StringComparison.OrdinalIgnoreCase) || error.Contains("no password is set", StringComparison.OrdinalIgnoreCase) ? "It wants no password: leave 'password' out of the connection string."
        : error.Contains("DB index", StringComparison.OrdinalIgnoreCase) || error.Contains("SELECT is not allowed", StringComparison.OrdinalIgnoreCase) ? "See 'defaultDatabase' in the connection string."
        : error.StartsWith("DENIED", StringComparison.Ordinal) ? "The server is in protected mode: it must have a password, or listen on another address."
        : null;

    private static string TlsRemedy(RedisClientOptions options) => options.TlsVerify
        ? "Check that the port speaks TLS, that 'tlsCa' names the authority of its certificate, that the certificate is for the host (or 'sslHost'), and, if it wants a client certificate, 'tlsCertificate' and 'tlsKey'."
        : "Check that the port speaks TLS, and, if it wants a client certificate, 'tlsCertificate' and 'tlsKey'.";
}
