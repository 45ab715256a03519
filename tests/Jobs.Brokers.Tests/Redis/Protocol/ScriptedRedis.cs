using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Jobs.Brokers.Tests.Redis.Protocol;

/// <summary>A server that answers as the test says.</summary>
internal sealed class ScriptedRedis : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, string?> _answer;
    private readonly int _chunk;
    private readonly Task _serving;

    /// <param name="answer">Command (words with blanks between them) → reply as it goes out; null: none, ever; empty: the connection is closed.</param>
    /// <param name="chunk">How many bytes go out at a time.</param>
    public ScriptedRedis(Func<string, string?> answer, int chunk = int.MaxValue)
    {
        _answer = answer;
        _chunk = chunk;
        _listener.Start();
        _serving = ServeAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>What a server answers that wants nothing of its clients.</summary>
    public static string? Plain(string command) => command.Split(' ')[0] switch
    {
        "HELLO" => "%3\r\n+id\r\n:7\r\n+mode\r\n+standalone\r\n+role\r\n+master\r\n",
        "PING" => "+PONG\r\n",
        _ => "+OK\r\n",
    };

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
                talks.Add(TalkAsync(await _listener.AcceptSocketAsync(_stop.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(talks);
        }
    }

    private async Task TalkAsync(Socket socket)
    {
        using var _ = socket;
        using var reader = new StreamReader(new NetworkStream(socket), Encoding.Latin1);
        try
        {
            while (await ReadAsync(reader) is { } command)
            {
                var reply = _answer(command);
                if (reply is { Length: 0 })
                {
                    return;
                }

                var bytes = Encoding.Latin1.GetBytes(reply ?? "");
                for (var sent = 0; sent < bytes.Length; sent += _chunk)
                {
                    await socket.SendAsync(bytes.AsMemory(sent, Math.Min(_chunk, bytes.Length - sent)), _stop.Token);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
        {
            // The client has gone, or the test is over.
        }
    }

    private async Task<string?> ReadAsync(StreamReader reader)
    {
        // A client that tries whether TLS helps is not understood.
        if (await reader.ReadLineAsync(_stop.Token) is not ['*', ..] head)
        {
            return null;
        }

        var words = new string[int.Parse(head[1..], System.Globalization.CultureInfo.InvariantCulture)];
        for (var i = 0; i < words.Length; i++)
        {
            // By its length: a script has several lines.
            var length = int.Parse((await reader.ReadLineAsync(_stop.Token))![1..], System.Globalization.CultureInfo.InvariantCulture);
            var word = new char[length + 2];
            await reader.ReadBlockAsync(word, _stop.Token);
            words[i] = new string(word, 0, length);
        }

        return string.Join(' ', words);
    }
}
