namespace Jobs.Tests.Scenarios;

/// <summary>One run of a handler, as the handler saw it.</summary>
internal sealed record Call(Node Node, JobContext Context, object Args)
{
    public JobId Id { get; } = Context.Id;

    public int Attempt { get; } = Context.Attempt;

    public int Crashes { get; } = Context.Crashes;

    public bool IsRedelivered { get; } = Context.IsRedelivered;

    public CancellationToken Token { get; } = Context.CancellationToken;

    public IServiceProvider Services { get; } = Context.Services;
}
