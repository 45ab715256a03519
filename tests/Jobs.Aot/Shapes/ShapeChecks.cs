using Microsoft.Extensions.Hosting;

namespace Jobs.Aot.Shapes;

/// <summary>Every shape of a payload goes to a job as bytes, and arrives as it was sent.</summary>
internal static class ShapeChecks
{
    public static async Task RunAsync(Canary canary)
    {
        using var host = await CanaryHost.StartAsync(CanaryHost.CreateBuilder(("Broker", "bytes")));
        var checker = new ShapeChecker(canary, host.Services);
        await ScalarShapes.RunAsync(checker);
        await CollectionShapes.RunAsync(checker);
        await ObjectShapes.RunAsync(checker);
        await MemberShapes.RunAsync(checker);
        await host.StopAsync();
    }
}
