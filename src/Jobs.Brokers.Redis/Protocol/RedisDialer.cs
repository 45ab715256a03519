using System.Net;
using Jobs.Transport;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Opens a connection to a server and greets it.</summary>
internal static class RedisDialer
{
    public static RespChannel Open(DnsEndPoint server, RedisClientOptions options, Deadline deadline, TimeProvider time, out RedisServerInfo info)
    {
        RespChannel? channel = null;
        try
        {
            var wire = Dialer.Dial(server, options.ToTransport(), deadline);
            deadline.Guard(wire);
            wire.WriteTimeout = options.ConnectTimeout;
            channel = new RespChannel(wire, options.ReplyLimit);
            info = RedisGreeting.Greet(channel, options, time);
            return channel;
        }
        catch (Exception exception)
        {
            channel?.Dispose();
            var mayBeTls = options.UseTls ? exception is TlsException or TimeoutException : channel is not null;
            if (exception is not RedisServerException && mayBeTls && TlsProbe.Explain(server, options, time) is { } mistake)
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
