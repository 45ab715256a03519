using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Tests.Allocations;

/// <summary>What a job costs from enqueue to settled: on the real worker, clock and threads, with the memory broker, and nobody listening.</summary>
/// <remarks>All threads count, so these run alone.</remarks>
[Collection(nameof(Alone))]
public sealed class WorkerAllocationTests
{
    private const int Burst = 500;
    private const double StaticBudget = 4;

    // The scope of what a job enqueues, and the context that carries it through the handler's calls.
    private const double InstanceBudget = 140;

    [Fact]
    public async Task A_static_job_allocates_next_to_nothing()
    {
        using var host = await StartAsync();
        var jobs = host.Services.GetRequiredService<IJobClient>();

        var perJob = Measure(1_000_000, value => Finish(jobs.CountedJobs.Count(value)));

        Assert.InRange(perJob, 0, StaticBudget);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_static_job_with_token_and_timeout_allocates_next_to_nothing()
    {
        using var host = await StartAsync();
        var jobs = host.Services.GetRequiredService<IJobClient>();

        var perJob = Measure(200_000, value => Finish(jobs.CountedJobs.CountWithToken(value)));

        Assert.InRange(perJob, 0, StaticBudget);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_instance_job_allocates_little_more_than_its_scope()
    {
        using var host = await StartAsync();
        var jobs = host.Services.GetRequiredService<IJobClient>();
        var floor = await MeasureFloorAsync(host.Services, 100_000);

        var perJob = Measure(100_000, value => Finish(jobs.ScopedCountedJobs.Count(value)));

        Assert.InRange(perJob - floor, 0, InstanceBudget);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<IHost> StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddScoped<ScopedCounter>().AddScoped<ScopedCountedJobs>();
        builder.AddJobs(jobs =>
        {
            CountedJobsClient.Register(jobs);
            ScopedCountedJobsClient.Register(jobs);
            jobs.AddWorker(worker =>
            {
                worker.Concurrency = 1;
                worker.DrainTimeout = TimeSpan.FromSeconds(10);
            });
        });
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    // The least that does the work: a channel, a scope, and one resolve.
    private static async Task<double> MeasureFloorAsync(IServiceProvider services, int jobs)
    {
        var channel = Channel.CreateBounded<int>(1000);
        var consumer = Task.Run(
            async () =>
            {
                while (await channel.Reader.WaitToReadAsync())
                {
                    while (channel.Reader.TryRead(out var value))
                    {
                        await using var scope = services.CreateAsyncScope();
                        await scope.ServiceProvider.GetRequiredService<ScopedCountedJobs>().Count(value);
                    }
                }
            },
            TestContext.Current.CancellationToken);
        var floor = Measure(jobs, value => Assert.True(channel.Writer.TryWrite(value)));
        channel.Writer.Complete();
        await consumer;
        return floor;
    }

    /// <summary>Bytes per job of the whole process, once everything is warm.</summary>
    private static double Measure(int jobs, Action<int> send)
    {
        Run(jobs / 4, send);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Run(jobs, send);
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)jobs;
    }

    // In bursts, as the pools are bounded: what is on its way beyond them is allocated anew.
    private static void Run(int jobs, Action<int> send)
    {
        for (var sent = 0; sent < jobs; sent += Burst)
        {
            Executed.Expect(Burst);
            for (var i = 0; i < Burst; i++)
            {
                send(i);
            }

            Executed.Wait();
        }
    }

    private static void Finish(ValueTask<JobHandle> sending)
    {
        Assert.True(sending.IsCompletedSuccessfully);
        sending.GetAwaiter().GetResult();
    }
}
