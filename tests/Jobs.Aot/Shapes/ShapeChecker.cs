using System.Diagnostics.CodeAnalysis;
using Jobs.Brokers;
using Jobs.Definitions;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Aot.Shapes;

/// <summary>Sends a payload to its job as bytes and compares what travels, and what arrives, with a text written down beforehand.</summary>
internal sealed class ShapeChecker(Canary canary, IServiceProvider services)
{
    private readonly IJobClient _jobs = services.GetRequiredService<IJobClient>();
    private readonly ILedger _ledger = services.GetRequiredService<ILedger>();
    private readonly BytesBroker _broker = (BytesBroker)services.GetRequiredService<IJobBroker>();

    public Task CheckAsync<TArgs>(TArgs args, [StringSyntax(StringSyntaxAttribute.Json)] string json)
        where TArgs : struct, IJobArgs<TArgs> => canary.CheckAsync(TArgs.Definition.Name, async () =>
    {
        var job = await _jobs.EnqueueAsync(args);
        Expect.Equal(json, PayloadText.OfDocument(_broker.DocumentOf(job.Id)), "Written");
        Expect.Equal(json, await _ledger.ReadAsync(TArgs.Definition.Name), "Read and written again");
    });
}
