using Jobs.Brokers;
using Jobs.Leasing;

namespace Jobs.Testing;

/// <content>Moving the clock.</content>
public sealed partial class JobTestHost
{
    // Real time that a stopping host gets for its own steps before the clock moves on.
    private static readonly TimeSpan StopStep = TimeSpan.FromMilliseconds(1);

    /// <summary>Runs until nothing is waiting, in hand or delayed, moving the clock to whatever comes next: retries, delays, batch windows, leases.</summary>
    /// <exception cref="JobTestException">Work is left that nothing will ever move (a paused queue, no worker), or the work did not end within
    /// <see cref="JobTestHostOptions.SafetyLimit"/>; the message names what is left.</exception>
    public async Task RunUntilIdleAsync(CancellationToken cancellationToken = default)
    {
        var deadline = Deadline.After(_options.SafetyLimit);
        while (true)
        {
            await RestAsync(deadline, patience: null, cancellationToken).ConfigureAwait(false);
            if (IsIdle())
            {
                return;
            }

            if (IsStuck() || NextDue() is not { } next)
            {
                throw new JobTestException($"Work is left that nothing will move.{Environment.NewLine}{DescribeWork()}");
            }

            await MoveToAsync(next, deadline, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Lets a span of time pass, in steps from one due time to the next, and lets the worker come to rest after each.</summary>
    /// <param name="span">By how much the clock moves.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="JobTestException">The worker did not come to rest within <see cref="JobTestHostOptions.SafetyLimit"/>.</exception>
    public async Task RunAsync(TimeSpan span, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        var deadline = Deadline.After(_options.SafetyLimit);
        var end = Time.GetUtcNow() + span;
        while (true)
        {
            await RestAsync(deadline, _options.HandlerPatience, cancellationToken).ConfigureAwait(false);
            if (Time.GetUtcNow() >= end)
            {
                return;
            }

            await MoveToAsync(NextDue() is { } next && next < end ? next : end, deadline, cancellationToken).ConfigureAwait(false);
        }
    }

    // Waits until the worker has nothing to do at the present time.
    private async Task RestAsync(Deadline deadline, TimeSpan? patience, CancellationToken cancellationToken)
    {
        var changes = _changes;
        while (true)
        {
            var version = changes.Version;
            if (_run.Watch.IsAtRest() && changes.Version == version)
            {
                return;
            }

            var left = deadline.Left;
            var wait = patience < left ? patience.Value : left;
            try
            {
                await changes.WhenChangedSince(version).WaitAsync(wait, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException) when (wait < left && _run.Watch.GiveUpOnHandlers())
            {
                patience = null;
            }
            catch (TimeoutException) when (wait < left)
            {
            }
            catch (TimeoutException)
            {
                throw Unrest();
            }
        }
    }

    // Timers run their callbacks, and handlers their continuations, on the thread that moves the clock: it must not be this one.
    private async Task MoveToAsync(DateTimeOffset next, Deadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(() => Advance(Later(next - Time.GetUtcNow())), CancellationToken.None)
                .WaitAsync(deadline.Left, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw Unrest();
        }
    }

    // With nothing in hand the keeper has nothing to do, ten times a second: a jump of days would be mostly that.
    private void Advance(TimeSpan span)
    {
        var keeper = InHand == 0 ? _run.Watch.Worker?.Clock?.Timer : null;
        keeper?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Time.Advance(span);
        keeper?.Change(LeaseKeeper.Period, LeaseKeeper.Period);
    }

    // Stopping waits for handlers, and for its own timeouts, on the clock.
    private async Task DriveStopAsync(Task stopping, CancellationToken cancellationToken)
    {
        var deadline = Deadline.After(_options.SafetyLimit);
        while (!stopping.IsCompleted)
        {
            await Task.WhenAny(stopping, Task.Delay(StopStep, TimeProvider.System, cancellationToken)).ConfigureAwait(false);
            if (!stopping.IsCompleted && _run.Watch.IsAtRest() && NextDue() is { } next)
            {
                await MoveToAsync(next, deadline, cancellationToken).ConfigureAwait(false);
            }

            if (deadline.Left <= TimeSpan.Zero)
            {
                throw Unrest();
            }
        }

        await stopping.ConfigureAwait(false);
    }

    private DateTimeOffset? NextDue() => InHand > 0 ? Time.NextTimerDue : Time.NextDueExcept(_run.Watch.Worker?.Clock?.Timer);

    private static TimeSpan Later(TimeSpan span) => span < TimeSpan.Zero ? TimeSpan.Zero : span;

    private bool IsIdle() => InHand == 0 && Queues.All(queue => Depth(queue.Name) is { Waiting: 0, InFlight: 0, Delayed: 0 });

    // Nothing in hand, nothing to wait for, and what waits is handed to nobody.
    private bool IsStuck() => InHand == 0 && Queues.All(queue => Depth(queue.Name) is { InFlight: 0 } depth
        && (depth is { Waiting: 0, Delayed: 0 } || !queue.IsConsumed || (depth.Delayed == 0 && IsPaused(queue.Name))));

    private QueueDepth Depth(string queue) => Now(Broker.GetDepthAsync(queue));

    private bool IsPaused(string queue) => Now(Broker.IsPausedAsync(queue));

    // The memory broker answers at once.
    private static T Now<T>(ValueTask<T> task) => task.IsCompleted ? task.Result : task.AsTask().GetAwaiter().GetResult();

    private JobTestException Unrest() => new(
        $"The worker did not come to rest within {_options.SafetyLimit} of real time (JobTestHostOptions.SafetyLimit). "
        + "A handler that waits for its token, or for anything but the test's clock, is moved on by RunAsync." + Environment.NewLine + DescribeWork());

    private string DescribeWork()
    {
        var lines = new List<string> { $"The clock shows {Time.GetUtcNow():O}." };
        foreach (var queue in Queues)
        {
            var depth = Depth(queue.Name);
            if (depth is not { Waiting: 0, InFlight: 0, Delayed: 0 })
            {
                var why = IsPaused(queue.Name) ? ", paused" : queue.IsConsumed ? "" : ", which no worker of this host consumes";
                lines.Add($"Queue '{queue.Name}'{why}: {depth.Waiting} waiting, {depth.InFlight} in hand, {depth.Delayed} delayed.");
            }
        }

        const int Most = 20;
        var inHand = _run.Watch.DescribeInHand();
        lines.AddRange(inHand.Take(Most).Select(line => $"In hand: {line}."));
        if (inHand.Count > Most)
        {
            lines.Add($"And {inHand.Count - Most} more in hand.");
        }

        return string.Join(Environment.NewLine, lines);
    }
}
