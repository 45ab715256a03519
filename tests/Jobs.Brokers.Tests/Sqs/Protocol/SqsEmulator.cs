using Jobs.Brokers.Conformance.Servers;

[assembly: AssemblyFixture(typeof(Jobs.Brokers.Tests.Sqs.Protocol.SqsEmulator))]

namespace Jobs.Brokers.Tests.Sqs.Protocol;

/// <summary>One emulator for all tests of the client, each of which has queues of its own. Started with the first of them.</summary>
public sealed class SqsEmulator : IAsyncDisposable
{
    private readonly Lazy<Task<SqsServer>> _server = new(static () => SqsServer.StartAsync(new SqsServerOptions { Persists = false }));

    internal async Task<Uri> UrlAsync() => (await _server.Value).Url;

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated && _server.Value.IsCompletedSuccessfully)
        {
            await (await _server.Value).DisposeAsync();
        }
    }
}
