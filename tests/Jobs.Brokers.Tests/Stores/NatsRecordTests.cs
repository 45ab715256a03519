using Jobs.Brokers.Nats.Stores;
using Jobs.Brokers.Tests.Nats.Protocol;
using Jobs.Brokers.Tests.Nats.Stores;
using Jobs.Monitoring;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Brokers.Tests.Stores;

/// <summary>What the records of jobs cost on NATS.</summary>
public sealed class NatsRecordTests(StoreServers.Nats servers) : StoreTests<StoreServers.Nats>(servers)
{
    private const int Count = 500;

    protected override Dictionary<string, string?> Settings => new() { ["Jobs:Status:Enabled"] = "true" };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_end_of_a_job_is_written_without_a_look_at_its_record(bool oneByOne)
    {
        var host = await StartAsync();
        await using var client = await NatsClients.ConnectAsync(NatsClients.Options(Servers.Store.EndPoint));
        var names = new StoreNames(Namespace);
        using var looks = new CountedLooks(client, names.Stream, names.EntrySubjects("job.*"));
        await looks.CountAsync();

        var values = Enumerable.Range(0, Count).Select(static value => new StoreJobsClient.NothingArgs(value));
        if (oneByOne)
        {
            await Task.WhenAll(values.Select(value => Client(host).EnqueueAsync(value, cancellationToken: Token).AsTask()));
        }
        else
        {
            await Client(host).EnqueueManyAsync(values, cancellationToken: Token);
        }

        var monitor = host.Services.GetRequiredService<IJobMonitor>();
        await UntilAsync(async () => (await monitor.CountAsync("store.nothing", Token))[JobState.Succeeded] == Count);

        // What runs for so long that it is told as running is looked for: on a machine that stood still, a few.
        Assert.InRange(await looks.CountAsync(), 0, Count / 10);
    }
}
