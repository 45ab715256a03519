using Jobs.Catalog;
using Jobs.Tests.Definitions;
using Jobs.Tests.Hosting;

namespace Jobs.Tests.Catalog;

public sealed class QueueCatalogTests
{
    private static readonly NumberDefinition Critical = new() { Queue = "critical", Policy = new() { Priority = JobPriority.High } };

    [Fact]
    public async Task The_queues_are_those_of_jobs_those_that_configuration_names_and_those_of_code()
    {
        await using var host = TestHost.Create(
            jobs => jobs.AddDefinition(Critical).AddDefinition(new TextDefinition()).AddQueue("bulk"),
            new() { ["Jobs:Overrides:test.text:Queue"] = "texts", ["Jobs:Queues:CRITICAL:Weight"] = "6", ["Jobs:Worker:Concurrency"] = "7" });
        var queues = host.Get<QueueCatalog>();

        Assert.Equal(["bulk", "critical", "default", "texts"], queues.All.Select(queue => queue.Name).Order());
        Assert.Equal("texts", host.Get<JobCatalog>().All[1].Queue);
        Assert.True(queues.TryGet("critical", out var critical));
        Assert.Equal((6, 7, TimeSpan.FromSeconds(30)), (critical.Weight, critical.Concurrency, critical.Lease));
        Assert.Equal([JobPriority.High, JobPriority.Normal], critical.Priorities);
        Assert.Empty(queues.Consumed);
    }

    [Fact]
    public async Task An_override_that_spells_a_queue_otherwise_means_the_declared_one()
    {
        await using var host = TestHost.Create(
            jobs => jobs.AddDefinition(Critical).AddDefinition(new TextDefinition()),
            new() { ["Jobs:Overrides:test.text:Queue"] = "CRITICAL" });

        Assert.Equal("critical", host.Get<JobCatalog>().All[1].Queue);
    }

    [Fact]
    public async Task A_worker_consumes_all_queues_or_those_it_names()
    {
        await using var all = TestHost.Create(jobs => jobs.AddDefinition(Critical).AddQueue("bulk").AddWorker());
        await using var some = TestHost.Create(jobs => jobs.AddDefinition(Critical).AddQueue("bulk").AddWorker(), new() { ["Jobs:Worker:Queues:0"] = "Bulk" });

        Assert.Equal(["bulk", "critical"], all.Get<QueueCatalog>().Consumed.Select(queue => queue.Name));
        Assert.Equal(["bulk"], some.Get<QueueCatalog>().Consumed.Select(queue => queue.Name));
    }

    [Fact]
    public async Task A_job_whose_priority_its_queue_lacks_is_an_error_with_the_path()
    {
        await using var host = TestHost.Create(jobs => jobs.AddDefinition(Critical), new() { ["Jobs:Queues:critical:Priorities:0"] = "Normal" });

        var error = Assert.Throws<JobConfigurationException>(host.Get<QueueCatalog>);

        Assert.Contains("Job 'test.number' has the priority High, but Jobs:Queues:critical:Priorities offers Normal.", error.Message, StringComparison.Ordinal);
    }
}
