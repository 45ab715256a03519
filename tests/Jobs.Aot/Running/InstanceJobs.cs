using Jobs.Serialization.Tests.Payloads;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Aot.Running;

/// <summary>A class that nobody registered: generated code makes it, and disposes it.</summary>
internal sealed class InstanceJobs(ILedger ledger, [FromKeyedServices("loud")] IGreeter loud, IJobClient jobs) : IAsyncDisposable
{
    [Job("instance.greet")]
    public Task<string> Greet(string name, [FromKeyedServices("quiet")] IGreeter quiet, IComparable? missing = null) =>
        Task.FromResult($"{loud.Greet(name)}, {quiet.Greet(name)}, {missing is null}");

    [Job("instance.describe", Queue = "described", Priority = JobPriority.High)]
    public async Task<string> Describe(JobContext context, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var header = context.Headers["flavour"];
        return $"{context.Name} {context.Queue} {context.Attempt}/{context.MaxAttempts} {context.Tenant} {context.CorrelationId} {header} {context.Items["middleware"]} {context.CancellationToken == cancellationToken}";
    }

    [Job("instance.page")]
    public async Task<Page<Point>> Page(Page<Point> page)
    {
        await Task.Yield();
        return page with { Next = $"{page.Items.Count} items" };
    }

    [Job("instance.parent")]
    public async Task Parent(string text) => await jobs.EnqueueAsync(new InstanceJobsClient.ChildArgs(text));

    [Job("instance.child")]
    public void Child(string text, JobContext context) => ledger.Note("child", $"{text} {context.ParentId} {context.Id}");

    public ValueTask DisposeAsync()
    {
        ledger.Note("disposed", "yes");
        return default;
    }
}
