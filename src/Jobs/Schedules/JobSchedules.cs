using System.Globalization;
using System.Security.Cryptography;
using Jobs.Enqueueing;
using Jobs.Hosting;

namespace Jobs.Schedules;

/// <summary>Shows and changes schedules through the store.</summary>
internal sealed class JobSchedules(ScheduleCatalog schedules, OptionalStore store, JobClient client, ScheduleChanges changes, TimeProvider time) : IJobSchedules
{
    private const int Shown = 5;

    private readonly ScheduleStore? _store = store.Store is null ? null : new ScheduleStore(store.Store);

    private ScheduleStore Store => _store ?? throw new JobStoreMissingException("The state of schedules");

    public async ValueTask<IReadOnlyList<JobSchedule>> ListAsync(CancellationToken cancellationToken = default)
    {
        var shown = new List<JobSchedule>(schedules.All.Count);
        foreach (var settings in schedules.All)
        {
            var record = (await Store.GetAsync(settings.Name, cancellationToken).ConfigureAwait(false))?.Record;
            shown.Add(Describe(settings, record));
        }

        return shown;
    }

    public ValueTask PauseAsync(string name, CancellationToken cancellationToken = default) =>
        UpdateAsync(name, (record, _) => record with { IsPaused = true }, cancellationToken);

    public ValueTask ResumeAsync(string name, CancellationToken cancellationToken = default) =>
        UpdateAsync(name, (record, now) => record.IsPaused ? record with { IsPaused = false, Done = Later(record.Done, now) } : record, cancellationToken);

    public ValueTask ChangeAsync(string name, ScheduleTimes times, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(times);
        return ScheduleTiming.TryCreate(times, out var timing, out var problem)
            ? UpdateAsync(name, (record, now) => record with { Changed = timing.Text, Done = Later(record.Done, now) }, cancellationToken)
            : throw new ArgumentException($"The times for schedule '{name}' cannot be used. {problem}", nameof(times));
    }

    public ValueTask ResetAsync(string name, CancellationToken cancellationToken = default) =>
        UpdateAsync(name, (record, now) => record.Changed is null ? record : record with { Changed = null, Done = Later(record.Done, now) }, cancellationToken);

    public ValueTask<JobHandle> RunNowAsync(string name, CancellationToken cancellationToken = default)
    {
        var settings = schedules.Get(name);
        var now = time.GetUtcNow();
        var id = JobId.Parse(string.Create(CultureInfo.InvariantCulture, $"{settings.Name}@{now.UtcDateTime:yyyyMMdd'T'HHmmss.FFFFFFF'Z'}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}"));
        var options = new EnqueueOptions { Id = id, Schedule = settings.Name, Tick = now, SendImmediately = true };
        return client.EnqueueAsync(settings.CreateMessage(), settings.Job.Definition, options, cancellationToken);
    }

    private async ValueTask UpdateAsync(string name, Func<ScheduleRecord, DateTimeOffset, ScheduleRecord> change, CancellationToken cancellationToken)
    {
        var settings = schedules.Get(name);
        var now = time.GetUtcNow();
        await Store.UpdateAsync(settings, record => change(record, now), now, changes.Signature, cancellationToken).ConfigureAwait(false);
        changes.Raise();
    }

    private JobSchedule Describe(ScheduleSettings settings, ScheduleRecord? record)
    {
        var entry = new ScheduleEntry(settings);
        if (record is not null)
        {
            entry.Saw(record, 0);
        }

        var next = new List<DateTimeOffset>(Shown);
        if (settings.IsEnabled && record is not { IsPaused: true })
        {
            var now = time.GetUtcNow();
            var after = record is null ? now : Later(record.Done, now);
            for (var tick = entry.Timing.Next(after); tick != DateTimeOffset.MaxValue && next.Count < Shown; tick = entry.Timing.Next(tick))
            {
                next.Add(tick);
            }
        }

        return new JobSchedule
        {
            Name = settings.Name,
            Job = settings.Job.Definition.Name,
            Times = entry.Timing.Times,
            IsChanged = record?.Changed is not null,
            IsEnabled = settings.IsEnabled,
            IsPaused = record?.IsPaused ?? false,
            LastTick = record?.Last,
            WaitingTick = record?.Waiting,
            NextTicks = next,
        };
    }

    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;
}
