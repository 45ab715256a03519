using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jobs.Soak;

/// <summary>One worker process.</summary>
internal static class SoakWorker
{
    public static async Task RunAsync(string server, string log, TimeSpan lease)
    {
        var builder = CreateBuilder(server, lease);
        builder.Services.AddSingleton(new RunLog(log, TimeProvider.System));
        builder.AddJobs(static jobs => jobs.AddSoakJobs().AddRedis().AddWorker());
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.FromSeconds(30));
        using var host = builder.Build();
        await host.RunAsync();
    }

    public static HostApplicationBuilder CreateBuilder(string server, TimeSpan lease)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddSimpleConsole(static console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Jobs:Broker"] = "redis",
            ["Jobs:Namespace"] = "soak",
            ["Jobs:Redis:ConnectionString"] = server,
            ["Jobs:Redis:SendTimeout"] = "00:01:00",
            ["Jobs:Queues:default:Lease"] = lease.ToString("c", CultureInfo.InvariantCulture),
            ["Jobs:Worker:Concurrency"] = "32",
            ["Jobs:Worker:MaxPrefetch"] = "200",
            ["Jobs:Worker:DrainTimeout"] = "00:00:10",
        });
        return builder;
    }
}
