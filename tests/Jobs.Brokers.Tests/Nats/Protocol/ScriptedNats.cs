using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Jobs.Brokers.Tests.Nats.Protocol;

/// <summary>A server that answers as the test says.</summary>
internal sealed class ScriptedNats : IAsyncDisposable
{
    private const string Greeting = "INFO {\"server_id\":\"scripted\",\"version\":\"2.99.0\",\"headers\":true,\"max_payload\":1048576}\r\n";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, string?> _answer;
    private readonly string _greeting;
    private readonly int _chunk;
    private readonly (string Certificate, string Key)? _tls;
    private readonly Task _serving;

    /// <param name="answer">Line → what goes out; null: nothing; empty: the connection is closed.</param>
    /// <param name="greeting">What goes out first.</param>
    /// <param name="chunk">How many bytes go out at a time.</param>
    /// <param name="tls">Certificate and key of a server that expects TLS before anything else.</param>
    public ScriptedNats(Func<string, string?> answer, string greeting = Greeting, int chunk = int.MaxValue, (string Certificate, string Key)? tls = null)
    {
        _answer = answer;
        _greeting = greeting;
        _chunk = chunk;
        _tls = tls;
        _listener.Start();
        _serving = ServeAsync();
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>What a server answers that wants nothing of its clients.</summary>
    public static string? Plain(string line) => line.StartsWith("PING", StringComparison.Ordinal) ? "PONG\r\n" : null;

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
            await using var stream = await OpenAsync(socket);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            await SendAsync(stream, _greeting);
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                var answer = _answer(line);
                if (answer is { Length: 0 })
                {
                    return;
                }

                await SendAsync(stream, answer ?? "");
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException or System.Security.Authentication.AuthenticationException)
        {
            // The client has gone, or the test is over.
        }
    }

    private async Task<Stream> OpenAsync(Socket socket)
    {
        var plain = new NetworkStream(socket);
        if (_tls is not { } files)
        {
            return plain;
        }

        var encrypted = new SslStream(plain);
        using var certificate = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
        await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, _stop.Token);
        return encrypted;
    }

    private async Task SendAsync(Stream stream, string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        for (var sent = 0; sent < bytes.Length; sent += _chunk)
        {
            await stream.WriteAsync(bytes.AsMemory(sent, Math.Min(_chunk, bytes.Length - sent)), _stop.Token);
        }
    }
}
