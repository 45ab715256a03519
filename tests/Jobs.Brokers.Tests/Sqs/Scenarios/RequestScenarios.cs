using System.Collections.Concurrent;
using Jobs.Brokers.Conformance;
using Jobs.Brokers.Conformance.Harness;
using Jobs.Brokers.Sqs;
using Jobs.Brokers.Sqs.Protocol;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Sqs.Scenarios;

/// <summary>What a busy worker asks SQS, which charges for each request.</summary>
public sealed class RequestScenarios
{
    private const int Jobs = 2_000;

    [Fact]
    public async Task A_job_costs_about_a_third_of_a_request_at_load()
    {
        await using var fixture = new WatchedFixture();
        await fixture.InitializeAsync();
        await using var bench = new Bench(fixture);
        var node = await bench.ConnectAsync();
        await node.ProvisionAsync(bench.Topology());
        await node.AcceptAsync(Jobs);
        await using var worker = await new WorkerProcess(bench) { Configure = static options => options.Worker.Concurrency = 100 }.StartAsync();

        await bench.UntilAsync(() => Task.FromResult(worker.Runs.Count >= Jobs), "all jobs have run");
        await worker.StopAsync();

        var calls = fixture.Clients.SelectMany(static client => client.Calls).GroupBy(static call => call.Action).ToDictionary(static action => action.Key, static action => action.Count());
        var total = calls.GetValueOrDefault("SendMessageBatch") + calls.GetValueOrDefault("ReceiveMessage") + calls.GetValueOrDefault("DeleteMessageBatch")
            + calls.GetValueOrDefault("Renew") + calls.GetValueOrDefault("ChangeMessageVisibilityBatch");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", calls.Select(static call => $"{call.Key} {call.Value}")));
        Assert.True(total <= 0.35 * Jobs, $"{total} requests for {Jobs} jobs: {string.Join(", ", calls.Select(static call => $"{call.Key} {call.Value}"))}.");
    }

    private sealed class WatchedFixture : SqsFixture
    {
        public ConcurrentBag<WatchedClient> Clients { get; } = [];

        public override ValueTask<IJobBroker> ConnectAsync(BrokerTarget target, CancellationToken cancellationToken)
        {
            var client = new WatchedClient(SqsClient.Open(ClientOptionsOf(new Uri($"http://{target.Server}")), Time, NullLogger.Instance));
            Clients.Add(client);
            return new(new SqsBroker(client, target.Namespace, new SqsBrokerOptions(), Time, new JobsTelemetry(), NullLogger.Instance));
        }
    }
}
