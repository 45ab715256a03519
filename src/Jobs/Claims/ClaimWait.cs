using Jobs.Brokers;
using Jobs.Retrying;

namespace Jobs.Claims;

/// <summary>How long a job that did not get what it needs waits before it asks again.</summary>
/// <remarks>Half as long as it has waited already: a job that could start soon is asked soon, and thousands that cannot are asked seldom. So a permit that
/// is free is used after half the time that the youngest has waited, and after <see cref="Longest"/> at the latest.</remarks>
internal sealed class ClaimWait(TimeProvider time, FailurePolicy policy)
{
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(250);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public Settlement Defer(JobDelivery delivery, DateTimeOffset since)
    {
        var half = (time.GetUtcNow() - since) / 2;
        var delay = half < Shortest ? Shortest : half > Longest ? Longest : half;
        return policy.Defer(delivery, Backoff.AtLeast(delay, Random.Shared));
    }
}
