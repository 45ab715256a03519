using Jobs.Brokers.Conformance.Servers;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>SQS, which has no store of its own, with another server's.</summary>
public static class SqsStatusTests
{
    public sealed class WithRedis : Paired
    {
        protected override string Store => "redis";

        protected override async Task<ServerProcess> StartStoreAsync() => await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false }, Token);
    }

    public sealed class WithNats : Paired
    {
        protected override string Store => "nats";

        protected override async Task<ServerProcess> StartStoreAsync() => await NatsServer.StartAsync(null, Token);
    }

    public abstract class Paired : StatusTests
    {
        private SqsServer _broker = null!;
        private ServerProcess _store = null!;

        protected abstract string Store { get; }

        protected override Dictionary<string, string?> Configuration => new()
        {
            ["Jobs:Broker"] = "sqs",
            ["Jobs:Store"] = Store,
            [$"ConnectionStrings:jobs-{Store}"] = _store.EndPoint.ToString(),
            ["Jobs:Sqs:ServiceUrl"] = _broker.Url.ToString(),
            ["Jobs:Sqs:Region"] = "us-east-1",
            ["Jobs:Sqs:AccessKey"] = "test",
            ["Jobs:Sqs:SecretKey"] = "test",
        };

        public override async ValueTask InitializeAsync()
        {
            _broker = await SqsServer.StartAsync(new SqsServerOptions { Persists = false }, Token);
            _store = await StartStoreAsync();
        }

        protected abstract Task<ServerProcess> StartStoreAsync();

        protected override async ValueTask EndServersAsync()
        {
            await _broker.DisposeAsync();
            await _store.DisposeAsync();
        }
    }
}
