using Jobs.Keys;
using Jobs.Running;
using Jobs.Status;

namespace Jobs.Claims;

/// <summary>What one run wants of the store, and has: from before it starts until it has really ended, which for an abandoned one is late.</summary>
/// <remarks>Holds what it needs of the message, which goes back to its pool when the run is settled.</remarks>
internal sealed class RunClaims
{
    public RunClaims(JobRun run, string owner)
    {
        var message = run.Delivery.Message!;
        Run = run;
        Ticket = run.Ticket;
        Id = message.Id;
        Job = message.Name;
        Owner = owner;
        WaitsSince = message.Due ?? message.EnqueuedAt;
        Order = WorkerRecords.OrderOf(run);
        Key = message.Attributes.Key is { } key ? KeyRecord.StoreKeyOf(message.Name, key) : null;
    }

    public JobRun Run { get; }

    /// <summary>Tells the run from the next one in its slot.</summary>
    public long Ticket { get; }

    public JobId Id { get; }

    public string Job { get; }

    /// <summary>Who holds its permits: another one for each run, so that one that is late touches nobody else's.</summary>
    public string Owner { get; }

    /// <summary>Since when the job could have run; the default if its producer did not say.</summary>
    public DateTimeOffset WaitsSince { get; }

    /// <summary>The fence of the delivery.</summary>
    public long Order { get; }

    /// <summary>Where the store keeps its unique key, or null.</summary>
    public string? Key { get; }

    /// <summary>The version that the key is held by; 0 if it is not.</summary>
    public long KeyVersion { get; set; }

    /// <summary>When the key is renewed (timestamp). The keeper's.</summary>
    public long RenewKeyAt { get; set; }

    /// <summary>The renewal that is under way, or was. The keeper's.</summary>
    public Task KeyRenewal { get; set; } = Task.CompletedTask;

    /// <summary>Of those with its concurrency key, or null.</summary>
    public HeldPermit? Limit { get; set; }

    /// <summary>To be the one that works under its idempotency key, or null.</summary>
    public HeldPermit? Sole { get; set; }

    /// <summary>Where the store keeps that the work is done, or null for a job that is not idempotent.</summary>
    public string? Done { get; set; }

    /// <summary>True while the marker says that the work is not done before what it enqueued is sent.</summary>
    public bool IsDoneUnconfirmed { get; set; }

    /// <summary>How long the marker is kept.</summary>
    public TimeSpan DoneRetention { get; set; }

    /// <summary>How long permits are held unless renewed, and when they are (timestamp).</summary>
    public TimeSpan Expiry { get; set; }

    /// <inheritdoc cref="Expiry"/>
    public long RenewAt { get; set; }
}
