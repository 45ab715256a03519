namespace Jobs.Tests.TestHosts;

public interface IMailer
{
    Task SendAsync(string address, CancellationToken cancellationToken);
}

/// <summary>The jobs of the example in docs/testing.md.</summary>
public sealed class ShopJobs(IMailer mailer, IJobClient jobs)
{
    [Job("shop.welcome", MaxAttempts = 3)]
    public async Task Welcome(string address, CancellationToken cancellationToken)
    {
        await mailer.SendAsync(address, cancellationToken);
        await jobs.ShopJobs.Remind(address, new() { Delay = TimeSpan.FromDays(3) }, cancellationToken);
    }

    [Job("shop.remind")]
    public Task Remind(string address, CancellationToken cancellationToken) => mailer.SendAsync(address, cancellationToken);
}
