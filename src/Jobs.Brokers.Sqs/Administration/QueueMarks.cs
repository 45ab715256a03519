using System.Globalization;

namespace Jobs.Brokers.Sqs.Administration;

/// <summary>What operators have said of a queue, in tags: the only thing of a queue that all processes see and that is no message.</summary>
/// <param name="IsPaused">True if nothing is to be handed out.</param>
/// <param name="PurgedAt">When it was purged last: what SQS itself was delaying then, nobody could get at, and is dropped when it comes. Null: never.</param>
internal readonly record struct QueueMarks(bool IsPaused, DateTimeOffset? PurgedAt)
{
    public const string Paused = "jobs:paused";
    public const string Purged = "jobs:purged";

    public static QueueMarks Of(IReadOnlyDictionary<string, string> tags) => new(
        tags.ContainsKey(Paused),
        tags.TryGetValue(Purged, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var time) ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null);

    /// <summary>True if a message was delayed when the queue was purged.</summary>
    /// <param name="sentAt">When it was sent.</param>
    /// <param name="due">When it was due.</param>
    public bool Drops(DateTimeOffset sentAt, DateTimeOffset? due) => PurgedAt is { } purged && sentAt < purged && due > purged;
}
