using Jobs.Generators.Tests.Harness;

namespace Jobs.Generators.Tests;

/// <summary>Calls generated clients, and the user's methods through generated handlers.</summary>
public sealed class GeneratedCallTests
{
    private const string Scenario = """
        public static class Scenario
        {
            public static readonly List<string> Log = new();
        }
        """;

    [Fact]
    public async Task A_static_job_is_called_with_what_was_enqueued()
    {
        var jobs = LoadedJobs.Load("""
            public static class EmailJobs
            {
                [Job]
                public static Task SendWelcome(string address) { Scenario.Log.Add("welcome " + address); return Task.CompletedTask; }
            }

            public static class Scenario
            {
                public static readonly List<string> Log = new();
                public static async Task Send(IServiceProvider services) =>
                    await ((EmailJobsClient)services.GetService(typeof(EmailJobsClient))!).SendWelcome("a@b.c", new EnqueueOptions { Queue = "critical" });
            }
            """);

        await jobs.CallAsync();
        Assert.Equal("""{"address":"a@b.c"}""", jobs.Client.Jobs.Single().Json);
        Assert.Equal("critical", jobs.Client.Jobs.Single().Options!.Queue);
        Assert.Equal("email.send-welcome", jobs.Client.Jobs.Single().Definition.Name);

        await jobs.HandleAsync();
        Assert.Equal(["welcome a@b.c"], jobs.Log);
        Assert.False(jobs.Handlers.Single().NeedsScope);
    }
}
