namespace Jobs.Generators.Tests.Analysis;

/// <summary>A job that enqueues itself in every run is told of, one that may stop is not.</summary>
public sealed class EndlessJobTests
{
    [Theory]
    [InlineData("await self.Sync(page + 1);")]
    [InlineData("await Task.Yield(); await self.Sync(page + 1);")]
    [InlineData("if (page > 5) { await Task.Yield(); } await self.Sync(page + 1);")]
    [InlineData("for (var i = 0; i < page; i++) { await Task.Yield(); } await self.Sync(page + 1);")]
    [InlineData("var next = page > 5 ? 1 : 2; await self.Sync(page + 1);")]
    [InlineData("try { await self.Sync(page + 1); } catch (TimeoutException) { }")]
    [InlineData("using var source = new CancellationTokenSource(); var handle = await self.Sync(page + 1, new() { Delay = TimeSpan.FromHours(1) });", "self.Sync(page + 1, new() { Delay = TimeSpan.FromHours(1) })")]
    [InlineData("await jobs.EnqueueAsync(new SyncJobsClient.SyncArgs(page));", "jobs.EnqueueAsync(new SyncJobsClient.SyncArgs(page))")]
    [InlineData("await jobs.EnqueueManyAsync([new SyncJobsClient.SyncArgs(page)]);", "jobs.EnqueueManyAsync([new SyncJobsClient.SyncArgs(page)])")]
    [InlineData("await jobs.SyncJobs.Sync(page);", "jobs.SyncJobs.Sync(page)")]
    public async Task It_fires(string body, string call = "self.Sync(page + 1)") => Assert.Equal([$"JOBS036 {call}"], await FindAsync(body));

    [Theory]
    [InlineData("if (page < 5) { await self.Sync(page + 1); }")]
    [InlineData("if (page > 5) { return; } await self.Sync(page + 1);")]
    [InlineData("if (page > 5) { throw new TimeoutException(); } await self.Sync(page + 1);")]
    [InlineData("for (var i = 0; i < page; i++) { await self.Sync(page + 1); }")]
    [InlineData("_ = page > 5 ? default : await self.Sync(page + 1);")]
    [InlineData("switch (page) { case 1: await self.Sync(page + 1); break; default: break; }")]
    [InlineData("Func<Task> again = async () => await self.Sync(page + 1); await Task.Yield();")]
    [InlineData("await self.Other(page);")]
    [InlineData("await self.Sync(\"page\");")]
    [InlineData("await jobs.EnqueueAsync(new SyncJobsClient.OtherArgs(page));")]
    [InlineData("await Sync(page, self, jobs);")]
    public async Task It_does_not_fire(string body) => Assert.Empty(await FindAsync(body));

    [Fact]
    public async Task A_handler_is_a_job_by_its_contract()
    {
        var found = await AnalyzerRunner.RunOnCallsAsync("""
            [JobContract] public interface ISync { [Job] Task Run(int page); }
            [JobHandler] public class Sync(SyncClient self) : ISync { public async Task Run(int page) => await self.Run(page + 1); static void Main() { } }
            """);
        Assert.Equal(["JOBS036 self.Run(page + 1)"], found.Select(AnalyzerRunner.Describe));
    }

    [Fact]
    public async Task A_batch_is_one_by_its_items()
    {
        var found = await AnalyzerRunner.RunOnCallsAsync("""
            public record Item(int Id);
            public class Items(ItemsClient self) { [Job, Batch] public async Task Run(IReadOnlyList<Item> items) => await self.Run(items[0]); static void Main() { } }
            """);
        Assert.Equal(["JOBS036 self.Run(items[0])"], found.Select(AnalyzerRunner.Describe));
    }

    private static async Task<IEnumerable<string>> FindAsync(string body) => (await AnalyzerRunner.RunOnCallsAsync($$"""
        public class SyncJobs
        {
            [Job] public async Task Sync(int page, [Service] SyncJobsClient self, IJobClient jobs) { {{body}} }
            [Job("sync.text", ArgsName = "TextArgs")] public void Sync(string page) { }
            [Job] public void Other(int page) { }
            static void Main() { }
        }
        """)).Select(AnalyzerRunner.Describe);
}
