using Jobs.Brokers;
using Jobs.Testing;

namespace Jobs.Tests.Properties;

/// <summary>Holds every job of a run against what the failure policy promises.</summary>
internal sealed class ChaosAudit(ChaosRun run)
{
    private readonly ILookup<JobId, JobOutcome> _outcomes = run.Host.Outcomes.ToLookup(outcome => outcome.Id);
    private readonly Dictionary<string, DeadLetter> _dead = run.Host.DeadLetters.ToDictionary(letter => letter.Key);
    private readonly ILookup<JobId?, EnqueuedJob> _children = run.Host.GetEnqueued<ChaosJobsClient.ChildArgs>().ToLookup(job => job.Attributes.ParentId, EnqueuedJob (job) => job);

    public void Check()
    {
        run.Host.ShouldBeIdle();
        Assert.Equal((0, 0), (run.Host.InHand, run.Host.Running));
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
                    $"{plan}: {run.Chaos.Starts(plan.Number)} starts, {run.Disturbances[plan.Number]} disturbances.{Environment.NewLine}"
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
        CheckStarts(plan, outcomes);
        var children = _children[plan.Id].ToArray();
        Assert.Equal(end.Kind == JobOutcomeKind.Succeeded ? plan.Children : 0, children.Length);
        foreach (var child in children)
        {
            Assert.Contains(CheckHistory([.. _outcomes[child.Id]]) switch { { Kind: JobOutcomeKind.Succeeded } => "", var other => other.Reason }, (string[])["", "poison"]);
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
            case JobOutcomeKind.DeadLettered when end.Reason == "poison":
                Assert.True(Excuses(plan, outcomes) + run.Interruptions > 3, "It died as poison without four crashes.");
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

    // Every start led to an outcome that the broker carried out, or something that went wrong accounts for it.
    private void CheckStarts(JobPlan plan, JobOutcome[] outcomes)
    {
        var explained = outcomes.Count(outcome => outcome.Settled == SettleResult.Ok && IsOfRun(outcome));
        var interruptions = plan.Kind == JobKind.Batch ? run.Interruptions : 0;
        Assert.InRange(run.Chaos.Starts(plan.Number), explained, explained + Excuses(plan, outcomes) + interruptions);
    }

    private int Excuses(JobPlan plan, JobOutcome[] outcomes) => run.Disturbances[plan.Number] + outcomes.Count(outcome =>
        outcome.Settled != SettleResult.Ok || outcome.Kind is JobOutcomeKind.Released or JobOutcomeKind.LeaseLost);

    private static bool IsOfRun(JobOutcome outcome) => outcome switch
    {
        { Kind: JobOutcomeKind.Succeeded or JobOutcomeKind.Retried } => true,
        { Kind: JobOutcomeKind.Deferred, Exception: DeferJobException } => true,
        { Kind: JobOutcomeKind.DeadLettered, Reason: not "poison" } => true,
        _ => false,
    };
}
