using Jobs.Messages;
using Jobs.Monitoring;
using Jobs.Stores;

namespace Jobs.Status;

/// <summary>What the records of one delivery say alike. Taken from the message, which goes back to its pool before they are written.</summary>
internal sealed class StatusFacts
{
    private const long MostDeliveries = (1L << 20) - 1;
    private const long MostCopies = (1L << 30) - 1;

    private readonly long _recordVersion;
    private volatile JobProgress? _progress;
    private volatile bool _isRunningWritten;

    /// <param name="message">The message.</param>
    /// <param name="deliveries">How often this copy was delivered; 0: not yet.</param>
    /// <param name="maxAttempts">How often it may run, if that is known.</param>
    public StatusFacts(JobMessage message, int deliveries, int? maxAttempts)
    {
        Id = message.Id;
        Name = message.Name;
        Queue = message.Queue;
        Attempt = message.State.Attempt;
        Crashes = message.State.CrashesAfter(deliveries);
        EnqueuedAt = message.EnqueuedAt;
        Due = message.EffectiveDue;
        ParentId = message.Attributes.ParentId;
        Key = message.Attributes.Key;
        CorrelationId = message.Attributes.CorrelationId;
        MaxAttempts = message.Attributes.MaxAttempts ?? maxAttempts;
        Copy = message.State.Copy;
        Deliveries = deliveries;
        _recordVersion = message.State.RecordVersion;
    }

    /// <summary>What a record says that was read.</summary>
    public StatusFacts(JobStatus status)
    {
        Id = status.Id;
        Name = status.Name;
        Queue = status.Queue;
        Attempt = status.Attempt;
        Crashes = status.Crashes;
        EnqueuedAt = status.EnqueuedAt;
        StartedAt = status.StartedAt;
        ParentId = status.ParentId;
        Key = status.Key;
        CorrelationId = status.CorrelationId;
        MaxAttempts = status.MaxAttempts;
        Progress = status.Progress;
    }

    public JobId Id { get; }

    public string Name { get; }

    public string Queue { get; }

    public int Attempt { get; }

    public int? MaxAttempts { get; }

    public int Crashes { get; }

    public int Copy { get; }

    public int Deliveries { get; }

    public DateTimeOffset EnqueuedAt { get; }

    public DateTimeOffset? Due { get; }

    public JobId? ParentId { get; }

    public string? CorrelationId { get; }

    public string? Key { get; }

    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>What the handler told last; written with the next record.</summary>
    public JobProgress? Progress
    {
        get => _progress;
        set => _progress = value;
    }

    /// <summary>What was written last. The keeper's.</summary>
    public JobProgress? WrittenProgress { get; set; }

    public bool IsRunningWritten
    {
        get => _isRunningWritten;
        set => _isRunningWritten = value;
    }

    /// <summary>The version of the record that is likely still there, or null if that is not known.</summary>
    public long? LikelyVersion => _recordVersion == 0 || IsRunningWritten ? null : _recordVersion;

    /// <summary>True if nothing can have been told of an end yet, unless the job ran behind our back.</summary>
    public bool IsFirstRun => Copy == 0 && Deliveries <= 1;

    /// <summary>True if the record says already how the job ended.</summary>
    public bool IsTold { get; set; }

    /// <summary>The fence: later copies before earlier ones, of one copy later deliveries, of one delivery its end before its run. A worker that lost
    /// its lease cannot overwrite what the next one says.</summary>
    public long Order(StatusPhase phase) => OrderOf(Copy, Deliveries, phase);

    /// <inheritdoc cref="Order"/>
    public static long OrderOf(int copy, int deliveries, StatusPhase phase) =>
        (((Math.Min(copy, MostCopies) << 20) + Math.Min(deliveries, MostDeliveries)) << 2) + (long)phase;

    /// <summary>The copy that an order stands for.</summary>
    public static long CopyOf(long order) => order >> 22;

    /// <summary>The fence of a record.</summary>
    public StoreCondition Fence(StatusPhase phase) => StoreCondition.IfNotNewer(Order(phase));
}
