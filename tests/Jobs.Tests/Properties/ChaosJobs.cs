namespace Jobs.Tests.Properties;

/// <summary>Jobs of every kind that do what their plan says. Optional services: other hosts of this assembly register them too.</summary>
public sealed class ChaosJobs(TimeProvider time, IJobClient jobs, Chaos? chaos = null)
{
    [Job("chaos.context", MaxAttempts = Chaos.MaxAttempts, Timeout = "00:00:20", HardTimeoutGrace = "00:00:10", NoRetryOn = [typeof(ForbiddenException)])]
    public async Task Context(int number, JobContext context, CancellationToken cancellationToken)
    {
        var plan = chaos!.Begin(number);
        try
        {
            for (var child = 0; child < plan.Children; child++)
            {
                await jobs.ChaosJobs.Child(number, cancellationToken: CancellationToken.None);
            }

            await ActAsync(plan, context, cancellationToken);
        }
        finally
        {
            chaos.End(number);
        }
    }

    [Job("chaos.blocking", Queue = "fast", MaxAttempts = Chaos.MaxAttempts)]
    public static void Blocking(int seed, int number)
    {
        var chaos = Chaos.Of(seed);
        var plan = chaos.Begin(number);
        chaos.End(number);
        if (plan.Behaviour == Behaviour.FailAlways)
        {
            throw new IOException("Always.");
        }
    }

    [Job("chaos.static", Queue = "fast", MaxAttempts = Chaos.MaxAttempts)]
    public static async ValueTask Static(int seed, int number)
    {
        var chaos = Chaos.Of(seed);
        var plan = chaos.Begin(number);
        await Task.Yield();
        chaos.End(number);
        if (plan.Behaviour == Behaviour.FailAlways)
        {
            throw new IOException("Always.");
        }
    }

    [Job("chaos.result", Queue = "slow", MaxAttempts = Chaos.MaxAttempts, Timeout = "00:00:20", HardTimeoutGrace = "00:00:10", NoRetryOn = [typeof(ForbiddenException)])]
    public async Task<int> Result(int number, JobContext context, CancellationToken cancellationToken)
    {
        var plan = chaos!.Begin(number);
        try
        {
            await ActAsync(plan, context, cancellationToken);
            return number;
        }
        finally
        {
            chaos.End(number);
        }
    }

    [Job("chaos.batch", Queue = "batches", MaxAttempts = Chaos.MaxAttempts), Batch(Size = 8, Window = "00:00:03")]
    public async Task Batched(IReadOnlyList<ChaosItem> items, JobBatch batch, CancellationToken cancellationToken)
    {
        var plans = items.Select(item => chaos!.Begin(item.Number)).ToArray();
        try
        {
            if (plans.Any(plan => plan.Behaviour == Behaviour.Slow))
            {
                await Task.Delay(TimeSpan.FromSeconds(2), time, cancellationToken);
            }

            for (var i = 0; i < plans.Length; i++)
            {
                if (plans[i].Behaviour == Behaviour.Bomb && batch.GetAttempt(i) == 1)
                {
                    throw new IOException("The whole batch.");
                }

                if (plans[i].Behaviour == Behaviour.FailAlways || batch.GetAttempt(i) <= plans[i].Failures)
                {
                    batch.Fail(i, new IOException("This item."));
                }
            }
        }
        finally
        {
            foreach (var item in items)
            {
                chaos!.End(item.Number);
            }
        }
    }

    [Job("chaos.child", Queue = "fast", MaxAttempts = Chaos.MaxAttempts)]
    public ValueTask Child(int parent) => chaos!.Plans[parent].Children > 0 ? default : throw new InvalidOperationException("A child of nobody.");

    private async Task ActAsync(JobPlan plan, JobContext context, CancellationToken cancellationToken)
    {
        var attempt = context.Attempt;
        switch (plan.Behaviour)
        {
            case Behaviour.Fail when attempt <= plan.Times:
                await Task.Yield();
                throw new IOException("Not yet.");
            case Behaviour.FailAlways:
                throw new IOException("Always.");
            case Behaviour.Forbidden:
                throw new ForbiddenException();
            case Behaviour.RetryLater when attempt <= plan.Times:
                throw new RetryJobException(TimeSpan.FromSeconds(30));
            case Behaviour.Defer when time.GetUtcNow() - context.EnqueuedAt < TimeSpan.FromMinutes(plan.Times):
                throw new DeferJobException(TimeSpan.FromSeconds(20));
            case Behaviour.Reject:
                throw new DeadLetterJobException("Never.");
            case Behaviour.Slow:
                await Task.Delay(TimeSpan.FromSeconds(plan.Times), time, cancellationToken);
                break;
            case Behaviour.HonourTimeout when attempt <= plan.Times:
                await Task.Delay(TimeSpan.FromMinutes(1), time, cancellationToken);
                break;
            case Behaviour.IgnoreTimeout when attempt <= plan.Times:
                await Task.Delay(TimeSpan.FromMinutes(1), time, CancellationToken.None);
                break;
        }
    }
}
