using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Jobs.Brokers.Conformance.Faults;

/// <summary>A client's connection to an <see cref="HttpFaultProxy"/>: one request after the other.</summary>
internal sealed class HttpFaultConnection(HttpFaultProxy proxy, Socket client)
{
    private byte[] _buffer = new byte[16 * 1024];
    private int _length;

    public async Task RunAsync()
    {
        using var _ = client;
        client.NoDelay = true;
        try
        {
            while (await ReadRequestAsync().ConfigureAwait(false) is { } request && await ServeAsync(request).ConfigureAwait(false))
            {
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One of the two has gone, or the proxy.
        }
    }

    // False ends the connection.
    private async Task<bool> ServeAsync(Request request)
    {
        switch (proxy.Decide(request.Action))
        {
            case HttpFault.DropRequest:
                return false;
            case HttpFault.FailBefore:
                return await AnswerAsync(HttpStatusCode.ServiceUnavailable, Error("ServiceUnavailable")).ConfigureAwait(false);
            case HttpFault.Throttle:
                return await AnswerAsync(HttpStatusCode.Forbidden, Error("RequestThrottled")).ConfigureAwait(false);
            case HttpFault.DropAnswer:
                await ForwardAsync(request).ConfigureAwait(false);
                return false;
            case HttpFault.FailAfter:
                return await ForwardAsync(request).ConfigureAwait(false) is not null && await AnswerAsync(HttpStatusCode.InternalServerError, Error("InternalError")).ConfigureAwait(false);
            case HttpFault.Delay:
                if (await ForwardAsync(request).ConfigureAwait(false) is not { } late)
                {
                    return false;
                }

                await Task.Delay(proxy.DrawDelay(), TimeProvider.System, proxy.Stopped).ConfigureAwait(false);
                return await AnswerAsync(late.Status, late.Body).ConfigureAwait(false);
            default:
                return await ForwardAsync(request).ConfigureAwait(false) is { } answer && await AnswerAsync(answer.Status, answer.Body).ConfigureAwait(false);
        }
    }

    // Null if the server gave no answer. A client that goes takes its request with it, or what a long poll brings would be for nobody.
    private async Task<(HttpStatusCode Status, byte[] Body)?> ForwardAsync(Request request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, proxy.Target) { Content = new ByteArrayContent(request.Body) };
        foreach (var (name, value) in request.Headers)
        {
            if (!name.Equals("content-length", StringComparison.OrdinalIgnoreCase) && !name.Equals("host", StringComparison.OrdinalIgnoreCase))
            {
                _ = message.Headers.TryAddWithoutValidation(name, value) || message.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var gone = CancellationTokenSource.CreateLinkedTokenSource(proxy.Stopped);
        var asked = SendAsync(message, gone.Token);
        var watched = WatchAsync(asked, gone);
        try
        {
            return await asked.ConfigureAwait(false);
        }
        catch (HttpRequestException)
        {
            return null;
        }
        finally
        {
            await watched.ConfigureAwait(false);
        }
    }

    private async Task<(HttpStatusCode Status, byte[] Body)?> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        using var response = await proxy.Http.SendAsync(message, cancellationToken).ConfigureAwait(false);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
    }

    // Ends with the request; ends the request when the client closes.
    private async Task WatchAsync(Task asked, CancellationTokenSource gone)
    {
        using var enough = new CancellationTokenSource();
        // Of no bytes: completes when there is something to read, or nothing ever again.
        var readable = client.ReceiveAsync(Array.Empty<byte>(), SocketFlags.None, enough.Token).AsTask();
        await Task.WhenAny(asked, readable).ConfigureAwait(false);
        if (!asked.IsCompleted && (readable.IsFaulted || client.Available == 0))
        {
            await gone.CancelAsync().ConfigureAwait(false);
        }

        await enough.CancelAsync().ConfigureAwait(false);
        await readable.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
    }

    private async Task<bool> AnswerAsync(HttpStatusCode status, byte[] body)
    {
        var head = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"HTTP/1.1 {(int)status} {status}\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: {body.Length}\r\n\r\n"));
        byte[] answer = [.. head, .. body];
        for (var sent = 0; sent < answer.Length;)
        {
            sent += await client.SendAsync(answer.AsMemory(sent), proxy.Stopped).ConfigureAwait(false);
        }

        return true;
    }

    private static byte[] Error(string code) => Encoding.ASCII.GetBytes($$"""{"__type":"com.amazonaws.sqs#{{code}}","message":"Made up by the fault proxy."}""");

    // Null at the end of the connection.
    private async Task<Request?> ReadRequestAsync()
    {
        int end;
        while ((end = _buffer.AsSpan(0, _length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await FillAsync().ConfigureAwait(false))
            {
                return null;
            }
        }

        var headers = Encoding.Latin1.GetString(_buffer, 0, end).Split("\r\n")[1..]
            .Select(static line => line.Split(':', 2))
            .ToDictionary(static parts => parts[0].Trim(), static parts => parts[1].Trim(), StringComparer.OrdinalIgnoreCase);
        var start = end + 4;
        var size = int.Parse(headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture);
        while (_length < start + size)
        {
            if (!await FillAsync().ConfigureAwait(false))
            {
                return null;
            }
        }

        var body = _buffer.AsSpan(start, size).ToArray();
        _length -= start + size;
        _buffer.AsSpan(start + size, _length).CopyTo(_buffer);
        return new Request(headers.GetValueOrDefault("X-Amz-Target", "").Split('.')[^1], headers, body);
    }

    private async Task<bool> FillAsync()
    {
        if (_length == _buffer.Length)
        {
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        var read = await client.ReceiveAsync(_buffer.AsMemory(_length), proxy.Stopped).ConfigureAwait(false);
        _length += read;
        return read > 0;
    }

    private sealed record Request(string Action, Dictionary<string, string> Headers, byte[] Body);
}
