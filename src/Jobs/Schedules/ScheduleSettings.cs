using System.Globalization;
using System.Text;
using Jobs.Catalog;
using Jobs.Messages;

namespace Jobs.Schedules;

/// <summary>One schedule of this host: what attribute and configuration say together. Immutable.</summary>
internal sealed record ScheduleSettings
{
    public required string Name { get; init; }

    public required JobRegistration Job { get; init; }

    /// <summary>The declared times; the store may hold others.</summary>
    public required ScheduleTiming Timing { get; init; }

    public required string? Args { get; init; }

    public required MisfirePolicy Misfire { get; init; }

    public required int MaxMisfires { get; init; }

    public required OverlapPolicy Overlap { get; init; }

    public required TimeSpan Jitter { get; init; }

    public required bool IsEnabled { get; init; }

    /// <summary>The id of a tick's job: the same on every node.</summary>
    public static JobId IdOf(string name, DateTimeOffset tick) =>
        JobId.Parse(string.Create(CultureInfo.InvariantCulture, $"{name}@{tick.UtcDateTime:yyyyMMdd'T'HHmmss.FFFFFFF'Z'}"));

    /// <summary>When a tick's job is due: all nodes agree, because it depends on name and tick alone.</summary>
    public DateTimeOffset DueOf(DateTimeOffset tick)
    {
        if (Jitter == TimeSpan.Zero)
        {
            return tick;
        }

        // FNV-1a, finished so that neighbouring ticks land far apart.
        var hash = 14695981039346656037UL;
        foreach (var c in Name)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        hash = (hash ^ (ulong)tick.UtcTicks) * 0x9E3779B97F4A7C15UL;
        hash ^= hash >> 32;
        return tick + TimeSpan.FromTicks((long)(Jitter.Ticks * ((hash & 0xFFFFFFFF) / (double)uint.MaxValue)));
    }

    /// <summary>A message with the schedule's arguments, which the client still addresses.</summary>
    /// <exception cref="JobPayloadException">The arguments are not what the job takes.</exception>
    public JobMessage CreateMessage() => Job.Definition.Create(Encoding.UTF8.GetBytes(Args ?? "{}"));
}
