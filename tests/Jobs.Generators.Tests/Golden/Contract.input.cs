namespace Shop;

[JobContract]
public interface IEmailJobs
{
    [Job]
    Task Send(string address);

    [Job]
    ValueTask<int> Count(string mailbox);
}

[JobHandler]
public sealed class EmailJobs : IEmailJobs, IAsyncDisposable
{
    public Task Send(string address) => Task.CompletedTask;

    ValueTask<int> IEmailJobs.Count(string mailbox) => new(1);

    public ValueTask DisposeAsync() => default;
}
