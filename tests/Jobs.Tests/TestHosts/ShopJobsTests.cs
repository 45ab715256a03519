#pragma warning disable xUnit1051 // As on the page, where tokens would only be in the way.

using Jobs.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Tests.TestHosts;

/// <summary>The example of docs/testing.md, as a user would write it.</summary>
public sealed class ShopJobsTests
{
    private readonly FakeMailer _mailer = new();

    [Fact]
    public async Task Welcome_RemindsAfterThreeDays()
    {
        await using var host = await StartAsync();

        await host.Jobs.ShopJobs.Welcome("ada@example.org");
        await host.RunAsync(TimeSpan.FromDays(1));
        Assert.Equal(["ada@example.org"], _mailer.Sent);
        Assert.Equal(TimeSpan.FromDays(3), host.ShouldHaveEnqueued<ShopJobsClient.RemindArgs>(args => args.Address == "ada@example.org").Delay);

        await host.RunUntilIdleAsync();
        Assert.Equal(["ada@example.org", "ada@example.org"], _mailer.Sent);
    }

    [Fact]
    public async Task Welcome_TriesThreeTimes()
    {
        _mailer.Failures = int.MaxValue;
        await using var host = await StartAsync();

        await host.Jobs.ShopJobs.Welcome("ada@example.org");
        await host.RunUntilIdleAsync();

        Assert.Equal(2, host.Count(JobOutcomeKind.Retried));
        Assert.Equal("attempts-exhausted", host.SingleDeadLetter().Reason);
        host.ShouldNotHaveEnqueued<ShopJobsClient.RemindArgs>();
    }

    private Task<JobTestHost> StartAsync() => JobTestHost.StartAsync(
        ShopJobsClient.Register,
        new() { Services = services => services.AddSingleton<IMailer>(_mailer) });
}
