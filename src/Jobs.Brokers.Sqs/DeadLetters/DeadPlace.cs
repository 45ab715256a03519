using System.Globalization;

namespace Jobs.Brokers.Sqs.DeadLetters;

/// <summary>Where a dead letter stands among the others: oldest first. Written, it is a cursor.</summary>
/// <param name="DiedAt">When it died.</param>
/// <param name="Key">Its key.</param>
internal readonly record struct DeadPlace(DateTimeOffset DiedAt, string Key) : IComparable<DeadPlace>
{
    /// <exception cref="ArgumentException">It is no cursor.</exception>
    public static DeadPlace? OfCursor(string? cursor)
    {
        if (cursor is null)
        {
            return null;
        }

        var split = cursor.IndexOf('-', StringComparison.Ordinal);
        return split > 0
            && long.TryParse(cursor.AsSpan(0, split), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTimeOffset.MaxValue.Ticks
            ? new DeadPlace(new DateTimeOffset(ticks, TimeSpan.Zero), cursor[(split + 1)..])
            : throw new ArgumentException($"'{cursor}' is not a cursor of this dead-letter queue.", nameof(cursor));
    }

    public string ToCursor() => string.Create(CultureInfo.InvariantCulture, $"{DiedAt.UtcTicks}-{Key}");

    public int CompareTo(DeadPlace other) =>
        DiedAt.CompareTo(other.DiedAt) is not 0 and var order ? order : string.CompareOrdinal(Key, other.Key);
}
