using Jobs.Stores;

namespace Jobs.Cancelling;

/// <summary>How the wish to cancel a job stands in the store: an entry per job in one index, and an entry that changes with each, which every worker
/// watches.</summary>
internal static class CancelFlags
{
    /// <summary>Changes whenever a flag is set.</summary>
    public const string Bell = "cancels";

    private const string Prefix = "cancel:";

    // A worker holds them all in memory.
    private const int MostFlags = 100_000;

    /// <summary>How long a flag is kept beyond the time that its job is due.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    public static readonly StoreIndex Index = new("cancels", MostFlags);

    public static string KeyOf(JobId id) => $"{Prefix}{id}";

    public static bool TryGetId(string key, out JobId id)
    {
        id = default;
        return key.StartsWith(Prefix, StringComparison.Ordinal) && JobId.TryParse(key.AsSpan(Prefix.Length), out id);
    }

    /// <summary>What sets a flag.</summary>
    /// <param name="id">The job.</param>
    /// <param name="wait">How long the job may still wait for its time.</param>
    public static StoreWrite[] Set(JobId id, TimeSpan wait) =>
    [
        new StoreWrite { Key = KeyOf(id), Value = "1"u8.ToArray(), Expiry = Retention + (wait > TimeSpan.Zero ? wait : TimeSpan.Zero), Index = Index },
        new StoreWrite { Key = Bell, Value = "1"u8.ToArray() },
    ];
}
