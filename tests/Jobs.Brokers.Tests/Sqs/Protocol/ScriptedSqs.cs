using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Jobs.Brokers.Tests.Sqs.Protocol;

/// <summary>A service that answers as the test says, byte for byte.</summary>
internal sealed class ScriptedSqs : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Request, string?> _answer;
    private readonly Task _serving;

    /// <param name="answer">What goes out for a request; see <see cref="Answer"/>. Empty: the connection is closed. Null: nothing goes out.</param>
    public ScriptedSqs(Func<Request, string?> answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Url => new($"http://{_listener.LocalEndpoint}");

    public ConcurrentQueue<Request> Requests { get; } = new();

    /// <summary>How many connections were made.</summary>
    public int Connections { get; private set; }

    public static string Answer(string body, int status = 200, string headers = "") =>
        string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} X\r\nContent-Type: application/x-amz-json-1.0\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    /// <summary>An error as SQS gives it.</summary>
    public static string Error(string code, int status = 400, string message = "Because.", string headers = "") =>
        Answer($$"""{"__type":"com.amazonaws.sqs#{{code}}","message":"{{message}}"}""", status, $"x-amzn-RequestId: req-1\r\n{headers}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var talks = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                Connections++;
                talks.Add(TalkAsync(socket));
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            await Task.WhenAll(talks);
        }
    }

    private async Task TalkAsync(Socket socket)
    {
        using var _ = socket;
        try
        {
            await using var stream = new NetworkStream(socket);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            while (await ReadAsync(reader) is { } request)
            {
                Requests.Enqueue(request);
                if (_answer(request) is not { } answer)
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
                }
                else if (answer.Length == 0)
                {
                    return;
                }
                else
                {
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), _stop.Token);
                    if (!answer.StartsWith("HTTP/1.1", StringComparison.Ordinal) || answer.Contains("Connection: close", StringComparison.Ordinal))
                    {
                        return;
                    }
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
        {
            // The client has gone, or the test is over.
        }
    }

    private async Task<Request?> ReadAsync(StreamReader reader)
    {
        if (await reader.ReadLineAsync(_stop.Token) is not { } line)
        {
            return null;
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } header)
        {
            var parts = header.Split(':', 2);
            headers[parts[0]] = parts[1].Trim();
        }

        var body = new char[int.Parse(headers["Content-Length"], CultureInfo.InvariantCulture)];
        await reader.ReadBlockAsync(body, _stop.Token);
        return new Request(line, headers, Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(body)));
    }

    /// <summary>A request as it came.</summary>
    internal sealed record Request(string Line, IReadOnlyDictionary<string, string> Headers, string Body)
    {
        public string Action => Headers["X-Amz-Target"].Split('.')[^1];
    }
}
