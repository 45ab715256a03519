using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Jobs.Brokers.Conformance.Servers;

/// <summary>Three <see cref="NatsServer"/>s in one cluster, with JetStream over all of them.</summary>
public sealed class NatsCluster : IAsyncDisposable
{
    private const int Size = 3;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly NatsServer[] _servers;

    private NatsCluster(NatsServer[] servers, int[] ports)
    {
        _servers = servers;
        Routes = [.. ports.Select(static port => new IPEndPoint(IPAddress.Loopback, port))];
    }

    /// <summary>The servers.</summary>
    public IReadOnlyList<NatsServer> Servers => _servers;

    /// <summary>Where each listens for the others: no place for clients.</summary>
    public IReadOnlyList<IPEndPoint> Routes { get; }

    /// <summary>Starts them together; completes when JetStream has a leader.</summary>
    /// <param name="configuration">Further lines of each configuration file.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ServerMissingException">The program is not installed.</exception>
    public static async Task<NatsCluster> StartAsync(string configuration = "", CancellationToken cancellationToken = default)
    {
        var ports = Enumerable.Range(0, Size).Select(static _ => LoopbackPort.Find()).ToArray();
        var routes = string.Join(", ", ports.Select(static port => $"\"nats://127.0.0.1:{port}\""));
        var cluster = new NatsCluster([.. ports.Select((port, index) => new NatsServer(new NatsServerOptions
        {
            Name = $"n{index + 1}",
            Configuration = $$"""
                cluster { name: jobs, listen: "127.0.0.1:{{port}}", routes: [{{routes}}] }
                {{configuration}}
                """,
        }))], ports);
        try
        {
            await Task.WhenAll(cluster._servers.Select(server => server.StartAsync(cancellationToken))).ConfigureAwait(false);
            await cluster.HasLeaderAsync(cancellationToken).ConfigureAwait(false);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Before there is one, JetStream answers nobody.
    private async Task HasLeaderAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(StartLimit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            while (!await AnswersAsync(_servers[0], either.Token).ConfigureAwait(false))
            {
                await Task.Delay(Pause, TimeProvider.System, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new InvalidOperationException($"JetStream has no leader in a cluster of {Size} within {StartLimit.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s.");
        }
    }

    private static async Task<bool> AnswersAsync(NatsServer server, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1), TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await socket.ConnectAsync(server.EndPoint, either.Token).ConfigureAwait(false);
            await socket.SendAsync("CONNECT {\"verbose\":false}\r\nSUB probe 1\r\nPUB $JS.API.STREAM.NAMES probe 0\r\n\r\n"u8.ToArray(), either.Token).ConfigureAwait(false);
            var text = "";
            var buffer = new byte[4096];
            while (!text.Contains("MSG probe", StringComparison.Ordinal))
            {
                var length = await socket.ReceiveAsync(buffer, either.Token).ConfigureAwait(false);
                if (length == 0)
                {
                    return false;
                }

                text += Encoding.UTF8.GetString(buffer, 0, length);
            }

            return true;
        }
        catch (Exception exception) when (exception is SocketException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
