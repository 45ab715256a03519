using Jobs.Brokers;
using Jobs.Catalog;
using Jobs.Memory;
using Jobs.Stores;
using Jobs.Tests.Definitions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Tests.Hosting;

public sealed class JobsBuilderTests
{
    [Fact]
    public async Task Memory_is_the_broker_and_the_store_of_a_host_without_configuration()
    {
        var services = new ServiceCollection().AddLogging().AddJobs(jobs => jobs.AddDefinition(NumberArgs.Definition));
        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        Assert.IsType<MemoryBroker>(provider.GetRequiredService<IJobBroker>());
        Assert.IsType<MemoryStore>(provider.GetRequiredService<IJobStore>());
        Assert.IsAssignableFrom<IJobClient>(provider.GetRequiredService<IJobClient>());
    }

    [Fact]
    public void A_second_call_adds_to_the_first()
    {
        var services = new ServiceCollection().AddLogging()
            .AddJobs(jobs => jobs.AddDefinition(NumberArgs.Definition).AddMiddleware<Middleware>().AddWorker())
            .AddJobs(jobs => jobs.AddDefinition(NumberArgs.Definition).AddDefinition(TextArgs.Definition).AddMiddleware<Middleware>().AddWorker());
        using var provider = services.BuildServiceProvider();

        Assert.Equal(["test.number", "test.text"], provider.GetRequiredService<JobCatalog>().All.Select(job => job.Definition.Name));
        Assert.Single(provider.GetServices<IJobMiddleware>());
        Assert.Single(services, service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Name == "JobWorker");
        Assert.Single(services, service => service.ServiceType == typeof(IJobClient));
    }

    [Fact]
    public void A_store_that_is_not_there_says_so()
    {
        var services = new ServiceCollection().AddLogging().AddJobs(jobs => jobs
            .AddBroker("stub", _ => new StubBroker())
            .Configure(options => options.Broker = "stub"));
        using var provider = services.BuildServiceProvider();

        Assert.Throws<JobStoreMissingException>(provider.GetRequiredService<IJobStore>);
    }

    [Fact]
    public void A_queue_with_an_impossible_name_is_refused() =>
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddJobs(jobs => jobs.AddQueue("a b")));

    private sealed class Middleware : IJobMiddleware
    {
        public ValueTask InvokeAsync(JobContext context, JobDelegate next) => next(context);
    }
}
