using Jobs.Schedules;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Testing;

/// <content>Schedules. <see cref="RunAsync"/> runs them as time passes; here it is told in ticks.</content>
public sealed partial class JobTestHost
{
    /// <summary>The schedules: list, pause, change, run now.</summary>
    public IJobSchedules Schedules => Services.GetRequiredService<IJobSchedules>();

    /// <summary>The jobs that a schedule enqueued, in order, those that were run by hand included.</summary>
    /// <param name="schedule">Its name, without case.</param>
    public IReadOnlyList<EnqueuedJob> GetScheduled(string schedule) =>
        [.. Enqueued.Where(job => string.Equals(job.Attributes.Schedule, schedule, StringComparison.OrdinalIgnoreCase))];

    /// <summary>The ticks of a schedule whose jobs were enqueued, in order.</summary>
    /// <param name="schedule">Its name, without case.</param>
    public IReadOnlyList<DateTimeOffset> GetTicks(string schedule) => [.. GetScheduled(schedule).Select(job => job.Attributes.Tick).OfType<DateTimeOffset>()];

    /// <summary>Moves the clock to the next tick of a schedule, running all that is due on the way, and what the tick enqueues as far as it can run at once.</summary>
    /// <param name="schedule">Its name, without case.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The tick.</returns>
    /// <exception cref="JobTestException">There is no such schedule, or it is paused, disabled or has no tick any more.</exception>
    public async Task<DateTimeOffset> RunToNextTickAsync(string schedule, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(schedule);
        var all = await Schedules.ListAsync(cancellationToken).ConfigureAwait(false);
        var found = all.FirstOrDefault(candidate => string.Equals(candidate.Name, schedule, StringComparison.OrdinalIgnoreCase))
            ?? throw new JobTestException($"This host has no schedule '{schedule}', but these:{List(all.Select(known => known.Name))}");
        if (found.NextTicks is not [var next, ..])
        {
            throw new JobTestException($"Schedule '{found.Name}' has no next tick: it {(found.IsPaused ? "is paused" : found.IsEnabled ? "never fires again" : "is disabled")}.");
        }

        await RunAsync(Later(next - Time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        return next;
    }

    /// <summary>Makes sure that a schedule's ticks were enqueued: these, in this order, and no others.</summary>
    /// <param name="schedule">Its name, without case.</param>
    /// <param name="ticks">The ticks.</param>
    /// <exception cref="JobTestException">Others were; the message lists both.</exception>
    public void ShouldHaveTicked(string schedule, params ReadOnlySpan<DateTimeOffset> ticks)
    {
        var found = GetTicks(schedule);
        var expected = ticks.ToArray();
        if (!found.SequenceEqual(expected))
        {
            throw new JobTestException(
                $"Schedule '{schedule}' was to tick at{List(expected.Select(tick => $"{tick:O}"))}{Environment.NewLine}but did at{List(found.Select(tick => $"{tick:O}"))}");
        }
    }
}
