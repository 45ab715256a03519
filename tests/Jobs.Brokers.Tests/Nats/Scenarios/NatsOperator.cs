using System.Globalization;
using System.Text;
using System.Text.Json;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Nats.Scenarios;

/// <summary>Who looks after a cluster: finds leaders, asks JetStream, and brings back servers.</summary>
internal sealed class NatsOperator(NatsCluster cluster) : IAsyncDisposable
{
    private static readonly TimeSpan Joining = TimeSpan.FromSeconds(20);

    private readonly INatsClient _client = NatsClient.Open(NatsClientOptions.Parse($"{ServersOf(cluster)},keepAlive=1,deadAfter=2"), TimeProvider.System, NullLogger.Instance);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The part of a connection string that names all servers.</summary>
    public static string ServersOf(NatsCluster cluster) => string.Join(',', cluster.Servers.Select(static server => server.EndPoint));

    /// <summary>The server that leads a stream, or one of its consumers.</summary>
    public async Task<NatsServer> LeaderAsync(string stream, string? consumer = null)
    {
        while (true)
        {
            using var answer = JsonDocument.Parse(await AskAsync(consumer is null ? $"STREAM.INFO.{stream}" : $"CONSUMER.INFO.{stream}.{consumer}"));
            if (answer.RootElement.TryGetProperty("cluster", out var raft) && raft.TryGetProperty("leader", out var leader))
            {
                return cluster.Servers[int.Parse(leader.GetString()!.AsSpan(1), CultureInfo.InvariantCulture) - 1];
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token);
        }
    }

    /// <summary>Calls JetStream; again where nobody answers.</summary>
    public async Task<string> AskAsync(string call, string body = "")
    {
        while (true)
        {
            try
            {
                await _client.WaitConnectedAsync(Token);
                using var reply = await _client.RequestAsync(Encoding.UTF8.GetBytes($"$JS.API.{call}"), [], Encoding.UTF8.GetBytes(body), TimeSpan.FromSeconds(1), Token);
                return Encoding.UTF8.GetString(reply.Payload);
            }
            catch (NatsException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token);
            }
        }
    }

    /// <summary>Starts and continues whatever a check has ended or held; completes when streams can be made.</summary>
    public async Task RestoreAsync()
    {
        foreach (var server in cluster.Servers)
        {
            if (!server.IsRunning)
            {
                await server.StartAsync(Token);
            }

            await server.ResumeAsync(Token);
        }

        // Until all know that all are there, no stream can be made.
        var began = TimeProvider.System.GetTimestamp();
        while (!(await AskAsync("STREAM.CREATE.probe", """{"name":"probe","subjects":["probe"],"num_replicas":3,"storage":"memory"}""")).Contains("\"cluster\"", StringComparison.Ordinal))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Token);
            if (TimeProvider.System.GetElapsedTime(began) > Joining)
            {
                await RestartAsync();
                began = TimeProvider.System.GetTimestamp();
            }
        }

        await AskAsync("STREAM.DELETE.probe");
    }

    // On a busy machine one of 2.10 may be left out of a cluster that begins, for good: "no suitable peers for placement".
    private async Task RestartAsync()
    {
        foreach (var server in cluster.Servers)
        {
            // One may have ended by itself.
            if (server.IsRunning)
            {
                await server.StopAsync(Token);
            }

            await server.StartAsync(Token);
        }
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
