using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jobs.Soak;

/// <summary>One worker process.</summary>
internal static class SoakWorker
{
    public static async Task RunAsync(string broker, string server, string log, TimeSpan lease)
    {
        var builder = CreateBuilder(broker, server, lease);
        builder.Services.AddSingleton(new RunLog(log, TimeProvider.System));
        builder.AddJobs(static jobs => jobs.AddSoakJobs().AddRedis().AddNats().AddSqs().AddWorker());
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.FromSeconds(30));
        using var host = builder.Build();
        await host.RunAsync();
    }

    public static HostApplicationBuilder CreateBuilder(string broker, string server, TimeSpan lease)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddSimpleConsole(static console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Jobs:Broker"] = broker.Split('-')[0],
            ["Jobs:Namespace"] = "soak",
            ["Jobs:Redis:ConnectionString"] = server,
            ["Jobs:Redis:SendTimeout"] = "00:01:00",
            // What the servers tell of each other leads past the slow network.
            ["Jobs:Nats:ConnectionString"] = $"{server},gossip=false",
            ["Jobs:Nats:SendTimeout"] = "00:01:00",
            ["Jobs:Nats:Replicas"] = broker.EndsWith("-cluster", StringComparison.Ordinal) ? "3" : "1",
            ["Jobs:Sqs:ConnectionString"] = $"http://test:test@{server}?region=us-east-1",
            ["Jobs:Queues:default:Lease"] = lease.ToString("c", CultureInfo.InvariantCulture),
            ["Jobs:Worker:Concurrency"] = "32",
            ["Jobs:Worker:MaxPrefetch"] = "200",
            ["Jobs:Worker:DrainTimeout"] = "00:00:10",
        });
        return builder;
    }
}
