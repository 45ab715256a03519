using System.Net;
using System.Text;
using Jobs.Transport;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Opens a connection: INFO, TLS, CONNECT, and the PONG that tells that the server takes this client.</summary>
internal static class NatsGreeting
{
    /// <param name="server">Where.</param>
    /// <param name="tlsHost">The name that its certificate must carry unless the options say otherwise.</param>
    /// <param name="options">Who, and how.</param>
    /// <param name="deadline">How long.</param>
    /// <param name="info">What the server told of itself.</param>
    public static NatsChannel Open(DnsEndPoint server, string tlsHost, NatsClientOptions options, Deadline deadline, out NatsServerInfo info)
    {
        var plain = options.ToTransport();
        var encrypted = plain with { Tls = options.ToTls(tlsHost) };
        var wire = Dialer.Dial(server, options.IsTlsFirst ? encrypted : plain, deadline);
        deadline.Guard(wire.Abort);
        wire.WriteTimeout = options.ConnectTimeout;
        var channel = new NatsChannel(wire, options.MessageLimit);
        try
        {
            info = ReceiveInfo(channel);
            var isEncrypted = options.IsTlsFirst;
            if (!isEncrypted && (options.RequiresTls || info.IsTlsRequired))
            {
                if (!info.IsTlsRequired && !info.IsTlsAvailable)
                {
                    throw new NatsConfigurationException($"NATS at {server.Host}:{server.Port} does not speak TLS: use nats:// and leave out all that begins with 'tls', or make the server speak it.");
                }

                channel.Encrypt(server, encrypted, deadline);
                isEncrypted = true;
            }

            channel.Send(ConnectCommand.Encode(options, NatsCredentials.Load(options, info.Nonce), isEncrypted).Span);
            info = AwaitPong(channel, info);
            return channel;
        }
        catch (Exception exception)
        {
            channel.Dispose();
            if (deadline.HasPassed && exception is not NatsException)
            {
                throw new TimeoutException($"{server.Host}:{server.Port} accepts connections, but did not greet within {options.ConnectTimeout.TotalSeconds:0.###} s. It may hang, expect TLS first (tlsFirst=true), or not be a NATS server.", exception);
            }

            throw;
        }
    }

    private static NatsServerInfo ReceiveInfo(NatsChannel channel) => channel.Receive(out var content) switch
    {
        FrameKind.Info => InfoReader.Read(content),
        FrameKind.Error => throw ServerError.Of(Encoding.UTF8.GetString(content)),
        _ => throw new NatsProtocolException("The server did not begin with INFO."),
    };

    private static NatsServerInfo AwaitPong(NatsChannel channel, NatsServerInfo info)
    {
        while (true)
        {
            switch (channel.Receive(out var content))
            {
                case FrameKind.Pong:
                    return info;
                case FrameKind.Error:
                    throw ServerError.Of(Encoding.UTF8.GetString(content));
                case FrameKind.Info:
                    info = InfoReader.Read(content);
                    break;
                case FrameKind.Ping:
                    channel.Send("PONG\r\n"u8);
                    break;
                case FrameKind.Message:
                    throw new NatsProtocolException("The server sent a message that nobody had subscribed to.");
                case FrameKind.Ok:
                default:
                    break;
            }
        }
    }
}
