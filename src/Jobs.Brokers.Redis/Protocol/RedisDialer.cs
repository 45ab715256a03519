using System.Net;
using Jobs.Transport;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Opens a connection to a server and greets it.</summary>
internal static class RedisDialer
{
    /// <param name="server">Where.</param>
    /// <param name="options">Who, and how.</param>
    /// <param name="isFirst">Nobody has been reached there yet: if it fails, it is looked into whether TLS is the reason.</param>
    /// <param name="deadline">How long.</param>
    /// <param name="time">The clock.</param>
    /// <param name="info">What the server told of itself.</param>
    public static RespChannel Open(DnsEndPoint server, RedisClientOptions options, bool isFirst, Deadline deadline, TimeProvider time, out RedisServerInfo info)
    {
        RespChannel? channel = null;
        try
        {
            var wire = Dialer.Dial(server, options.ToTransport(), deadline);
            deadline.Guard(wire.Abort);
            wire.WriteTimeout = options.ConnectTimeout;
            channel = new RespChannel(wire, options.ReplyLimit);
            info = RedisGreeting.Greet(channel, options, time);
            return channel;
        }
        catch (Exception exception)
        {
            channel?.Dispose();
            var mayBeTls = options.UseTls ? exception is TlsException or TimeoutException : channel is not null;
            if (isFirst && exception is not RedisServerException && mayBeTls && TlsProbe.Explain(server, options, time) is { } mistake)
            {
                throw mistake;
            }

            if (deadline.HasPassed && channel is not null && exception is not RedisServerException)
            {
                throw new TimeoutException($"{server.Host}:{server.Port} accepts connections, but did not answer within {options.ConnectTimeout.TotalSeconds:0.###} s. It may hang, or not be a Redis server.", exception);
            }

            throw;
        }
    }
}
