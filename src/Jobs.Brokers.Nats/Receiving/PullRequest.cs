namespace Jobs.Brokers.Nats.Receiving;

/// <summary>A request for messages that the server has not yet filled.</summary>
/// <param name="Id">The last part of its inbox.</param>
/// <param name="Left">How many may still come.</param>
/// <param name="NoWait">It ends at once if there is nothing.</param>
internal record struct PullRequest(long Id, int Left, bool NoWait);
