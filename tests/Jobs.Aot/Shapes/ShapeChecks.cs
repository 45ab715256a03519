using Jobs.Catalog;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Aot.Shapes;

/// <summary>Every shape of a payload goes to a job as bytes, and arrives as it was sent.</summary>
internal static class ShapeChecks
{
    public static async Task RunAsync(Canary canary)
    {
        using var host = await CanaryHost.StartAsync(CanaryHost.CreateBuilder(("Broker", "bytes"), ("Store", "memory")));
        var checker = new ShapeChecker(canary, host.Services);
        await ScalarShapes.RunAsync(checker);
        await CollectionShapes.RunAsync(checker);
        await ObjectShapes.RunAsync(checker);
        await MemberShapes.RunAsync(checker);
        await canary.CheckAsync("no shape is left out here", () =>
        {
            var ledger = host.Services.GetRequiredService<ILedger>();
            foreach (var name in host.Services.GetRequiredService<JobCatalog>().All.Select(job => job.Definition.Name).Where(name => name.StartsWith("shape.", StringComparison.Ordinal)))
            {
                Expect.True(ledger.ReadAsync(name).IsCompleted, $"{name} was run");
            }

            return Task.CompletedTask;
        });
        await host.StopAsync();
    }
}
