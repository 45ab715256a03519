namespace Jobs.Hosting;

/// <summary>How long unique keys are held: the configuration section <c>Jobs:Keys</c>.</summary>
public sealed class KeyOptions
{
    /// <summary>How long a job that nobody has begun keeps its key beyond the time that it is due. A running job renews it; one that ends frees it.</summary>
    /// <remarks>Longer than jobs ever wait in their queue: a job that starts later may find that another took its key, and is then dropped. It is also
    /// how long a key stays taken whose job was lost with its broker, or purged.</remarks>
    /// <value>5 minutes to 365 days. Default 1 day.</value>
    [Within("00:05:00", "365.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(1);
}
