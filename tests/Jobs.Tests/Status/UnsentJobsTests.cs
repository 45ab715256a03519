using Jobs.Monitoring;
using Jobs.Tests.Definitions;
using Jobs.Tests.Hosting;
using Jobs.Tests.Keys;

namespace Jobs.Tests.Status;

/// <summary>A job whose payload cannot be written never was: no record says that it waits.</summary>
public sealed class UnsentJobsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_job_that_cannot_be_written_leaves_no_record_and_no_key(bool inOneStep)
    {
        await using var producers = new KeyedProducers(inOneStep);
        var host = producers.Start(configuration: new() { ["Jobs:Status:Enabled"] = "true" });
        producers.Broker.Answer = static message => throw new JobPayloadException("null is not allowed here.", message.Name);

        await Assert.ThrowsAsync<JobPayloadException>(async () => await host.EnqueueAsync(new NumberArgs(1)));
        await Assert.ThrowsAsync<JobPayloadException>(async () => await host.Client.EnqueueManyAsync([new NumberArgs(2), new NumberArgs(3)], cancellationToken: Token));
        await Assert.ThrowsAsync<JobPayloadException>(async () => await host.EnqueueAsync(new KeyedArgs(7)));
        await Assert.ThrowsAsync<JobPayloadException>(async () => await host.Client.EnqueueManyAsync([new KeyedArgs(7), new KeyedArgs(8)], cancellationToken: Token));

        var monitor = host.Get<IJobMonitor>();
        Assert.Equal(0, (await monitor.CountAsync("test.number", Token))[JobState.Pending]);
        Assert.Equal(0, (await monitor.CountAsync("test.keyed", Token))[JobState.Pending]);
        Assert.Null(await producers.RecordAsync());
    }
}
