using System.Globalization;
using Jobs.Brokers.Conformance.Servers;

namespace Jobs.Soak;

/// <summary>A Redis.</summary>
internal sealed class RedisSoakServer(RedisServer server) : SoakServer
{
    protected override IReadOnlyList<ServerProcess> Servers => [server];

    // Not everysec: while a slow disk is being synchronised Redis answers before it has written, and a kill loses that.
    public static async Task<SoakServer> StartAsync(CancellationToken cancellationToken) =>
        new RedisSoakServer(await RedisServer.StartAsync(new RedisServerOptions { AppendFsync = "always" }, cancellationToken));

    public override async Task<long> ReadMemoryAsync(CancellationToken cancellationToken)
    {
        const string Prefix = "used_memory:";
        var info = await server.CommandAsync("INFO memory", cancellationToken);
        var line = info.Split("\r\n").First(line => line.StartsWith(Prefix, StringComparison.Ordinal));
        return long.Parse(line[Prefix.Length..], CultureInfo.InvariantCulture);
    }
}
