using Jobs.Stores;

namespace Jobs.Schedules;

/// <summary>Reads and writes the records of schedules. Safe for concurrent use.</summary>
internal sealed class ScheduleStore(IJobStore store)
{
    /// <summary>Written when somebody changes a schedule at run time, so that every node looks at once.</summary>
    public const string ChangesKey = "schedules:changed";

    public async ValueTask<(ScheduleRecord Record, long Version)?> GetAsync(string name, CancellationToken cancellationToken) =>
        await store.GetAsync(ScheduleRecord.KeyOf(name), cancellationToken).ConfigureAwait(false) is not { } entry ? null
        : ScheduleRecord.TryDecode(entry.Value, out var record) ? (record, entry.Version)
        : throw new InvalidOperationException($"The store's entry '{entry.Key}' is not the record of a schedule. Delete it, and the schedule starts anew.");

    /// <summary>Writes a record if the version is still there; 0 writes only where nothing is.</summary>
    /// <returns>The new version, or 0 if another node was faster.</returns>
    public async ValueTask<long> PutAsync(string name, ScheduleRecord record, long version, CancellationToken cancellationToken)
    {
        var condition = version == 0 ? StoreCondition.IfAbsent : StoreCondition.IfVersion(version);
        var result = await store.PutAsync(ScheduleRecord.KeyOf(name), record.Encode(), condition, expiry: null, cancellationToken).ConfigureAwait(false);
        return result.Written ? result.Version : 0;
    }

    /// <summary>Changes a record, however often others come in between.</summary>
    public async ValueTask UpdateAsync(ScheduleSettings settings, Func<ScheduleRecord, ScheduleRecord> change, DateTimeOffset now, ReadOnlyMemory<byte> signature, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (record, version) = await GetAsync(settings.Name, cancellationToken).ConfigureAwait(false)
                ?? (new ScheduleRecord { Declared = settings.Timing.Text, Done = now }, 0);
            if (await PutAsync(settings.Name, change(record), version, cancellationToken).ConfigureAwait(false) > 0)
            {
                break;
            }
        }

        await store.PutAsync(ChangesKey, signature, StoreCondition.Always, expiry: null, cancellationToken).ConfigureAwait(false);
    }

    public IAsyncEnumerable<StoreEntry?> WatchChangesAsync(CancellationToken cancellationToken) => store.WatchAsync(ChangesKey, cancellationToken);
}
