using Jobs.Brokers;
using Jobs.Messages;
using Jobs.Testing;

namespace Jobs.Tests.Properties;

/// <summary>Holds every job of a run against what the failure policy promises.</summary>
internal sealed class ChaosAudit(ChaosRun run)
{
    private const int MaxCrashes = 3;

    private readonly ILookup<JobId, JobOutcome> _outcomes = run.Host.Outcomes.ToLookup(outcome => outcome.Id);
    private readonly Dictionary<string, DeadLetter> _dead = run.Host.DeadLetters.ToDictionary(letter => letter.Key);
    private readonly ILookup<JobId?, EnqueuedJob> _children = run.Host.GetEnqueued<ChaosJobsClient.ChildArgs>().ToLookup(job => job.Attributes.ParentId, EnqueuedJob (job) => job);

    public void Check()
    {
        run.Host.ShouldBeIdle();
        Assert.All(run.Gates, gate => Assert.Equal((0, 0), (gate.InHand, gate.Running)));
        foreach (var plan in run.Chaos.Plans)
        {
            if (plan.Id.IsEmpty)
            {
                Assert.Equal(0, run.Chaos.Starts(plan.Number));
                continue;
            }

            try
            {
                Check(plan);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException(
                    $"{plan}: {run.Chaos.Starts(plan.Number)} starts.{Environment.NewLine}"
                    + string.Join(Environment.NewLine, _outcomes[plan.Id].Select(outcome => $"  {outcome}")),
                    error);
            }
        }

        Assert.Equal(run.Unknown, _dead.Values.Count(letter => letter.Reason == "unknown-job"));
        Assert.Equal(run.Unreadable, _dead.Values.Count(letter => letter is { Reason: "undecodable", Message: null }));
    }

    private void Check(JobPlan plan)
    {
        var outcomes = _outcomes[plan.Id].ToArray();
        var end = CheckHistory(outcomes);
        CheckEnd(plan, end, outcomes);
        CheckCrashes(end, outcomes);
        CheckStarts(plan, outcomes);
        var children = _children[plan.Id].ToArray();
        Assert.Equal(end.Kind == JobOutcomeKind.Succeeded ? plan.Children : 0, children.Length);
        foreach (var child in children)
        {
            var childOutcomes = _outcomes[child.Id].ToArray();
            var childEnd = CheckHistory(childOutcomes);
            Assert.True(childEnd is { Kind: JobOutcomeKind.Succeeded } or { Reason: DeadLetterReason.Poison }, $"A child ended as {childEnd}.");
            CheckCrashes(childEnd, childOutcomes);
        }
    }

    // Attempts rise by one with each failure that was recorded, by nothing else; one end, and nothing after it.
    private static JobOutcome CheckHistory(JobOutcome[] outcomes)
    {
        var attempt = 1;
        JobOutcome? end = null;
        foreach (var outcome in outcomes.Where(outcome => outcome.Settled == SettleResult.Ok))
        {
            Assert.Null(end);
            Assert.Equal(attempt, outcome.Attempt);
            attempt += outcome.Kind == JobOutcomeKind.Retried ? 1 : 0;
            end = outcome.IsEnd ? outcome : null;
        }

        return end ?? throw new InvalidOperationException("The job has no end.");
    }

    private void CheckEnd(JobPlan plan, JobOutcome end, JobOutcome[] outcomes)
    {
        var retries = outcomes.Count(outcome => outcome is { Kind: JobOutcomeKind.Retried, Settled: SettleResult.Ok });
        Assert.Equal(end.Kind == JobOutcomeKind.DeadLettered, _dead.TryGetValue(plan.Id.ToString(), out var letter));
        switch (end.Kind)
        {
            case JobOutcomeKind.Succeeded:
                Assert.Null(plan.Death);
                Assert.InRange(retries, plan.Failures, plan.Kind == JobKind.Batch ? Math.Max(1, plan.Failures) : plan.Failures);
                break;
            case JobOutcomeKind.Expired:
                Assert.True(plan.MayExpire);
                break;
            case JobOutcomeKind.DeadLettered when end.Reason == DeadLetterReason.Poison:
                break;
            case JobOutcomeKind.DeadLettered:
                Assert.Equal(plan.Death, end.Reason);
                Assert.Equal(end.Reason, letter!.Reason);
                Assert.Equal(retries + 1, letter.Message!.State.Failures.Count);
                Assert.Equal(retries + 1, letter.Message.State.Attempt);
                Assert.True(end.Reason != "attempts-exhausted" || retries == Chaos.MaxAttempts - 1);
                break;
            default:
                Assert.Fail($"A job cannot end as {end.Kind}.");
                break;
        }
    }

    // A crash is a delivery that the broker was not told the end of, or too late; whoever has had more than allowed dies, and nobody else.
    private void CheckCrashes(JobOutcome end, JobOutcome[] outcomes)
    {
        var crashes = outcomes.Count(outcome => outcome is { Kind: not JobOutcomeKind.Abandoned, Settled: not SettleResult.Ok });
        Assert.Equal(end.Reason == DeadLetterReason.Poison, crashes > MaxCrashes);
        if (end.Kind == JobOutcomeKind.DeadLettered)
        {
            Assert.Equal(crashes, _dead[end.Id.ToString()].Message!.State.Crashes);
        }
    }

    // Each start has an outcome on record, whether the broker heard of it or not. Of what was handed back or lost, some had not started.
    private void CheckStarts(JobPlan plan, JobOutcome[] outcomes)
    {
        var started = outcomes.Count(IsOfRun);
        var maybeStarted = outcomes.Count(outcome => outcome.Kind is JobOutcomeKind.Released or JobOutcomeKind.LeaseLost);
        Assert.InRange(run.Chaos.Starts(plan.Number), started, started + maybeStarted);
    }

    private static bool IsOfRun(JobOutcome outcome) => outcome switch
    {
        { Kind: JobOutcomeKind.Succeeded or JobOutcomeKind.Retried } => true,
        { Kind: JobOutcomeKind.Deferred, Exception: DeferJobException } => true,
        { Kind: JobOutcomeKind.DeadLettered, Reason: not DeadLetterReason.Poison } => true,
        _ => false,
    };
}
