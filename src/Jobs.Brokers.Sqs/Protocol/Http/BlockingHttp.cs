using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Jobs.Transport;

namespace Jobs.Brokers.Sqs.Protocol.Http;

/// <summary>Sends requests on the calling thread, over connections of its own. Safe for concurrent use.</summary>
/// <remarks>HttpClient cannot do it: even its synchronous calls need a thread of the pool to make a connection, and to notice that time is up. A renewal that
/// waits for one comes too late, just when the pool is exhausted and leases run out. Nor may a socket ever be non-blocking: from then on .NET waits for it by
/// events, of which some are handled in the pool.</remarks>
/// <param name="endpoint">Where to.</param>
/// <param name="connectTimeout">How long making a connection may take.</param>
/// <param name="time">The clock.</param>
internal sealed class BlockingHttp(SqsEndpoint endpoint, TimeSpan connectTimeout, TimeProvider time) : IDisposable
{
    // Fewer than after which AWS, or something between, closes a connection.
    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private readonly Stack<Idle> _idle = new();
    private readonly DnsEndPoint _server = new(endpoint.Address.IdnHost.Trim('[', ']'), endpoint.Address.Port);
    private readonly TransportOptions _transport = new() { Tls = endpoint.Address.Scheme == Uri.UriSchemeHttps ? new TlsOptions() : null };
    private bool _isDisposed;

    /// <summary>Sends a request and gives its answer.</summary>
    /// <param name="headers">All but the length of the body.</param>
    /// <param name="body">The body.</param>
    /// <param name="timeout">For all of it.</param>
    /// <exception cref="TimeoutException">There was no answer in time.</exception>
    /// <exception cref="IOException">The connection could not be made, or was lost.</exception>
    /// <exception cref="SocketException">As above.</exception>
    /// <exception cref="TlsException">Somebody is there, but no encrypted connection came about.</exception>
    public HttpAnswer Send(IEnumerable<KeyValuePair<string, string>> headers, ReadOnlySpan<byte> body, TimeSpan timeout)
    {
        var deadline = time.GetTimestamp() + (long)(timeout.TotalSeconds * time.TimestampFrequency);
        var message = Frame(headers, body);
        while (TakeIdle() is { } used)
        {
            // The server may have closed it just now; that says nothing about the next one, and nothing was done.
            if (TryExchange(used, message, deadline, isFresh: false, out var answer))
            {
                return answer;
            }
        }

        var wire = Dial(deadline);
        return TryExchange(wire, message, deadline, isFresh: true, out var first) ? first : throw new EndOfStreamException("The connection ended before the answer.");
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            while (_idle.TryPop(out var idle))
            {
                idle.Wire.Dispose();
            }
        }
    }

    // False if the connection turned out to be closed; only of one that was used before.
    private bool TryExchange(Wire wire, byte[] message, long deadline, bool isFresh, out HttpAnswer answer)
    {
        var reader = new HttpAnswerReader(buffer =>
        {
            wire.ReadTimeout = Left(deadline);
            return wire.Read(buffer);
        });
        try
        {
            wire.WriteTimeout = Left(deadline);
            wire.Write(message);
            answer = reader.Read(time);
            if (reader.IsReusable)
            {
                Keep(wire);
            }
            else
            {
                wire.Dispose();
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            wire.Dispose();
            if (Left(deadline, orNone: true) <= TimeSpan.Zero || IsTimeout(exception))
            {
                throw new TimeoutException("There was no answer in time.", exception);
            }

            if (isFresh || reader.HasBegun)
            {
                throw;
            }

            answer = default;
            return false;
        }
        catch
        {
            wire.Dispose();
            throw;
        }
    }

    private Wire Dial(long deadline)
    {
        var left = Left(deadline);
        var limit = left < connectTimeout ? left : connectTimeout;
        using var guard = new Deadline(limit, time);
        return Dialer.Dial(_server, _transport with { ConnectTimeout = limit }, guard);
    }

    private byte[] Frame(IEnumerable<KeyValuePair<string, string>> headers, ReadOnlySpan<byte> body)
    {
        var head = new StringBuilder(1024).Append("POST ").Append(endpoint.Address.AbsolutePath).Append(" HTTP/1.1\r\n");
        foreach (var (name, value) in headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head.ToString()), .. body];
    }

    private TimeSpan Left(long deadline, bool orNone = false)
    {
        var left = time.GetElapsedTime(time.GetTimestamp(), deadline);
        // Zero would mean for ever.
        return left > TimeSpan.Zero || orNone ? left : throw new TimeoutException("There was no answer in time.");
    }

    private Wire? TakeIdle()
    {
        lock (_lock)
        {
            while (_idle.TryPop(out var idle))
            {
                // Readable while nothing was asked: closed, or out of step.
                if (time.GetElapsedTime(idle.Since) < LongestIdle && !idle.Wire.Socket.Poll(0, SelectMode.SelectRead))
                {
                    return idle.Wire;
                }

                idle.Wire.Dispose();
            }
        }

        return null;
    }

    private void Keep(Wire wire)
    {
        lock (_lock)
        {
            if (!_isDisposed)
            {
                _idle.Push(new Idle(wire, time.GetTimestamp()));
                return;
            }
        }

        wire.Dispose();
    }

    private static bool IsTimeout(Exception exception) => (exception as SocketException ?? exception.InnerException as SocketException)?.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock;

    private readonly record struct Idle(Wire Wire, long Since);
}
