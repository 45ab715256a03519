using System.Collections.Concurrent;
using System.Text;
using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Tests.Nats.Protocol;
using Jobs.Messages;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Tests.Nats.Scenarios;

/// <summary>Permissions that are missing, and granted while workers run.</summary>
public sealed class PermissionScenarios : IAsyncLifetime
{
    private static readonly BrokerTopology Topology = new("scenario", [new QueueTopology("default", TimeSpan.FromSeconds(5))]);

    private readonly NatsServer _server = new(new NatsServerOptions { Configuration = Users("") });
    private readonly Log _log = new();
    private NatsBroker _broker = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _server.StartAsync(Token);
        _broker = new NatsBroker(
            NatsClient.Open(NatsClients.Options(_server.EndPoint) with { User = "jobs", Password = "pw" }, TimeProvider.System, _log),
            Topology.Namespace,
            new NatsBrokerOptions(),
            TimeProvider.System,
            new JobsTelemetry(),
            _log);
        await _broker.ProvisionAsync(Topology, ProvisionMode.CreateIfMissing, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Without_the_permission_to_publish_a_send_fails_with_its_name_and_works_once_it_is_granted()
    {
        await DenyAsync("scenario.queue.>");

        SendResult refused = default;
        await NatsClients.UntilAsync(() => (refused = SendAsync().GetAwaiter().GetResult()).Status == SendStatus.Failed);
        Assert.Contains("may not publish to 'scenario.queue.default.normal'", refused.Error!.Message, StringComparison.Ordinal);

        await DenyAsync("");
        await NatsClients.UntilAsync(() => SendAsync().GetAwaiter().GetResult().Status == SendStatus.Accepted);
    }

    [Fact]
    public async Task Without_the_permission_to_pull_the_log_names_it_and_deliveries_come_once_it_is_granted()
    {
        await DenyAsync("$JS.API.CONSUMER.MSG.NEXT.>");
        await using var receiver = await _broker.OpenReceiverAsync("default", new ReceiverOptions { Lease = TimeSpan.FromSeconds(5), Worker = "test", Priorities = [JobPriority.Normal] }, Token);
        var receiving = receiver.ReceiveAsync(new JobDelivery[1], wait: true, Token).AsTask();
        await NatsClients.UntilAsync(() => _log.Messages.Any(static text => text.Contains("may not publish to '$JS.API.CONSUMER.MSG.NEXT.scenario~default.normal'", StringComparison.Ordinal)));

        await DenyAsync("");

        await NatsClients.UntilAsync(() => SendAsync().GetAwaiter().GetResult().Status == SendStatus.Accepted);
        Assert.Equal(1, await receiving.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Token));
    }

    [Fact]
    public async Task Without_the_permission_to_receive_replies_the_subscription_is_named_and_asked_for_again()
    {
        await DenyAsync("", "$KV.scenario-control.>");
        await using var receiver = await _broker.OpenReceiverAsync("default", new ReceiverOptions { Lease = TimeSpan.FromSeconds(5), Worker = "test", Priorities = [JobPriority.Normal] }, Token);
        await NatsClients.UntilAsync(() => SendAsync().GetAwaiter().GetResult().Status == SendStatus.Accepted);

        // Without being told of pauses a worker works nevertheless.
        Assert.Equal(1, await receiver.ReceiveAsync(new JobDelivery[1], wait: true, Token).AsTask().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Token));
    }

    private static string Users(string publish, string subscribe = "") =>
        $$"""authorization { users: [ { user: jobs, password: pw, permissions: { publish: { deny: [{{Quoted(publish)}}] }, subscribe: { deny: [{{Quoted(subscribe)}}] } } } ] }""";

    private static string Quoted(string subject) => subject.Length == 0 ? "" : $"\"{subject}\"";

    private Task DenyAsync(string publish, string subscribe = "")
    {
        _server.Configuration = Users(publish, subscribe);
        return _server.ReloadAsync(Token);
    }

    private async Task<SendResult> SendAsync()
    {
        var document = Encoding.UTF8.GetBytes($$"""{"specversion":"1.0","id":"{{Guid.NewGuid()}}","source":"/test","type":"test","jobqueue":"default","data":{ } }""");
        var results = new SendResult[1];
        await _broker.SendAsync(new[] { JobMessage.FromBytes(document) }, results, Token);
        return results[0];
    }

    private sealed class Log : ILogger
    {
        public ConcurrentQueue<string> Messages { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Messages.Enqueue(formatter(state, exception));
    }
}
