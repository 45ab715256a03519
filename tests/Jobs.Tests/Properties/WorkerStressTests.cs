using Jobs.Brokers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Tests.Properties;

/// <summary>Real threads and the real clock: what a fake clock cannot show.</summary>
public sealed class WorkerStressTests
{
    private const int Producers = 4;
    private const int JobsPerProducer = 50_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task EveryJob_RunsOnce()
    {
        StressJobs.Expect(Producers * JobsPerProducer);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddJobs(jobs =>
        {
            StressJobsClient.Register(jobs);
            jobs.AddWorker(worker => worker.Concurrency = 8);
            jobs.AddQueue("stress-a", queue => queue.Weight = 6).AddQueue("stress-b", queue => queue.Weight = 3)
                .AddQueue("stress-c").AddQueue("stress-d", queue => queue.Concurrency = 2);
        });
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);

        var client = host.Services.GetRequiredService<IJobClient>();
        await Task.WhenAll(Enumerable.Range(0, Producers).Select(producer => Task.Run(() => ProduceAsync(client.StressJobs, producer))));
        await StressJobs.All.WaitAsync(Limit, TimeProvider.System, TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);

        var broker = (IQueueAdmin)host.Services.GetRequiredService<IJobBroker>();
        foreach (var queue in (string[])["stress-a", "stress-b", "stress-c", "stress-d"])
        {
            Assert.True(await broker.GetDepthAsync(queue, TestContext.Current.CancellationToken) is { Waiting: 0, InFlight: 0 }, $"Queue '{queue}' is not empty.");
        }

        Assert.DoesNotContain(StressJobs.Runs, runs => runs != 1);
    }

    private static async Task ProduceAsync(StressJobsClient jobs, int producer)
    {
        for (var i = 0; i < JobsPerProducer; i++)
        {
            var number = (producer * JobsPerProducer) + i;
            await (producer switch
            {
                0 when i % 10 == 0 => jobs.A(number),
                0 or 1 => jobs.B(number),
                2 => jobs.C(number),
                _ => jobs.D(number),
            });
        }
    }
}
