using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Jobs.Brokers.Conformance.Servers;

namespace Jobs.Brokers.Tests.Redis.Protocol;

/// <summary>A Sentinel that watches a primary under the name <c>main</c>, and is quick to fail over.</summary>
internal sealed class SentinelServer(IPEndPoint primary, int quorum, string? password = null) : ServerProcess
{
    protected override string Program => "redis-server";

    protected override string Remedy => "apt-get install redis-server";

    protected override IEnumerable<string> Arguments => [WriteConfiguration(), "--sentinel"];

    protected override async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(EndPoint, cancellationToken);
        await socket.SendAsync("PING\r\n"u8.ToArray(), cancellationToken);
        var answer = new byte[64];
        var length = await socket.ReceiveAsync(answer, cancellationToken);
        return Encoding.ASCII.GetString(answer, 0, length).StartsWith(password is null ? "+PONG" : "-NOAUTH", StringComparison.Ordinal);
    }

    // A Sentinel keeps its state in its configuration file.
    private string WriteConfiguration()
    {
        var file = Path.Combine(Folder, "sentinel.conf");
        File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"""
            bind 127.0.0.1
            port {EndPoint.Port}
            dir {Folder}
            {(password is null ? "" : $"requirepass {password}")}
            sentinel monitor main 127.0.0.1 {primary.Port} {quorum}
            sentinel down-after-milliseconds main 300
            sentinel failover-timeout main 2000
            """));
        return file;
    }
}
