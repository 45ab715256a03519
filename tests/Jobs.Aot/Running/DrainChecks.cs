using Jobs.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Aot.Running;

/// <summary>A host that stops lets jobs finish, and gives back those that cannot.</summary>
internal static class DrainChecks
{
    public static async Task RunAsync(Canary canary)
    {
        await canary.CheckAsync("a running job finishes while the host stops, and no other starts", async () =>
        {
            var (host, jobs, ledger, broker) = await StartAsync("00:00:20");
            using (host)
            {
                await jobs.DrainJobs.Finish();
                await ledger.ReadAsync("finish.started");
                var stopping = host.StopAsync();
                await ledger.ReadAsync("logged WorkerStopping");
                await jobs.DrainJobs.Finish();
                Expect.True(!stopping.IsCompleted, "the host waits for its job");
                ledger.Note("finish.go", "");
                await stopping;

                Expect.True(ledger.ReadAsync("finish.done").IsCompleted, "the job has finished");
                Expect.Equal(1, (await broker.GetDepthAsync("draining")).Waiting);
            }
        });

        await canary.CheckAsync("a job that outlasts the drain is cancelled and given back without an attempt", async () =>
        {
            var (host, jobs, ledger, broker) = await StartAsync("00:00:00.100");
            using (host)
            {
                await jobs.DrainJobs.Endless();
                await ledger.ReadAsync("endless.started");
                await host.StopAsync();

                Expect.Equal("1 True", await ledger.ReadAsync("endless.stopped"));
                Expect.Equal(1, (await broker.GetDepthAsync("draining")).Waiting);
                Expect.Equal(0, await broker.CountDeadLettersAsync("draining"));
            }
        });
    }

    // The broker outlives its host, so that one can look at what is left.
    private static async Task<(IHost Host, IJobClient Jobs, ILedger Ledger, MemoryBroker Broker)> StartAsync(string drainTimeout)
    {
        var broker = new MemoryBroker(TimeProvider.System);
        var host = await CanaryHost.StartAsync(
            CanaryHost.CreateBuilder(("Worker:DrainTimeout", drainTimeout)),
            jobs => jobs.AddBroker("memory", _ => broker));
        return (host, host.Services.GetRequiredService<IJobClient>(), host.Services.GetRequiredService<ILedger>(), broker);
    }
}
