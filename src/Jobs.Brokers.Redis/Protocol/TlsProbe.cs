using System.Net;
using Jobs.Transport;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Finds out whether a server that did not understand us speaks TLS when we do not, or the other way round: many say nothing at all.</summary>
internal static class TlsProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Says so if that is what is wrong.</summary>
    public static RedisConfigurationException? Explain(DnsEndPoint server, RedisClientOptions options, TimeProvider time) =>
        !IsAnswered(server, options.ToTransport() with { Tls = options.UseTls ? null : new TlsOptions { Verify = false } }, time) ? null
        : new($"Redis at {server.Host}:{server.Port} {(options.UseTls ? "does not speak TLS by this port: set ssl=false, or the port for TLS" : "speaks TLS by this port: set ssl=true, or the port without TLS")}, in the connection string.");

    private static bool IsAnswered(DnsEndPoint server, TransportOptions options, TimeProvider time)
    {
        using var deadline = new Deadline(Patience, time);
        try
        {
            using var wire = Dialer.Dial(server, options, deadline);
            if (options.Tls is not null)
            {
                return true;
            }

            deadline.Guard(wire.Abort);
            wire.Write("PING\r\n"u8);
            Span<byte> answer = stackalloc byte[1];
            return wire.Read(answer) == 1 && answer[0] is RespType.SimpleString or RespType.Error;
        }
        catch (Exception)
        {
            // Not that way either: what went wrong first is what is told.
            return false;
        }
    }
}
