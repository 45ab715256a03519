using Jobs.Aot.Running;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Jobs.Aot;

/// <summary>A host as an application has it: all jobs of this program, and what they need.</summary>
internal static class CanaryHost
{
    /// <summary>A builder to which jobs may still be added.</summary>
    /// <param name="settings">Paths below <c>Jobs</c> and their values.</param>
    public static HostApplicationBuilder CreateBuilder(params ReadOnlySpan<(string Path, string Value)> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var values = new Dictionary<string, string?>();
        foreach (var (path, value) in settings)
        {
            values[$"Jobs:{path}"] = value;
        }

        builder.Configuration.AddInMemoryCollection(values);
        AddJobs(builder);
        return builder;
    }

    /// <summary>Adds the jobs, and what they need.</summary>
    public static void AddJobs(HostApplicationBuilder builder)
    {
        builder.Services
            .AddSingleton<ILedger, Ledger>()
            .AddScoped<RegisteredJobs>()
            .AddKeyedSingleton<IGreeter>("quiet", new Greeter("hello"))
            .AddKeyedSingleton<IGreeter>("loud", new Greeter("HELLO"));
        builder.Services.AddSingleton<ILoggerProvider, LedgerLoggerProvider>();
        builder.AddJobs(jobs => jobs
            .AddAotJobs()
            .AddBroker("bytes", services => new BytesBroker(services.GetRequiredService<TimeProvider>())));
    }

    /// <summary>Builds a host with a worker and starts it.</summary>
    public static async Task<IHost> StartAsync(HostApplicationBuilder builder, Action<IJobsBuilder>? jobs = null)
    {
        builder.AddJobs(added =>
        {
            added.AddWorker();
            jobs?.Invoke(added);
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
