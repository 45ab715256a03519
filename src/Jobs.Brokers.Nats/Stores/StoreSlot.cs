using Jobs.Brokers.Nats.JetStream;
using Jobs.Stores;

namespace Jobs.Brokers.Nats.Stores;

/// <summary>What is stored under a key: an entry, one that has expired, the mark of a deletion, or nothing.</summary>
/// <param name="Sequence">Its place in the stream, which is its version; 0 if nothing is stored.</param>
/// <param name="Entry">The entry; null if there is none (any more).</param>
internal readonly record struct StoreSlot(ulong Sequence, StoreEntry? Entry)
{
    /// <summary>When it expires, by the server's clock; null: never, or there is no entry.</summary>
    public DateTimeOffset? ExpiresAt { get; private init; }

    /// <summary>True if it is an entry whose time has passed.</summary>
    public bool IsExpired { get; private init; }

    /// <summary>Reads it; expired or not is for who knows the time.</summary>
    /// <exception cref="FormatException">It was not written by a store.</exception>
    public static StoreSlot Read(string key, StoredMessage message)
    {
        var headers = message.Headers;
        if (IsMark(message))
        {
            return new StoreSlot(message.Sequence, null);
        }

        if (!headers.TryGet(StoreHeaders.Write, out _))
        {
            throw new FormatException($"What NATS keeps for '{key}' ({message.Subject}) was not written by this store.");
        }

        return new StoreSlot(message.Sequence, new StoreEntry(key, message.Data, (long)message.Sequence) { Order = headers.ReadNumber(StoreHeaders.Order) ?? 0 })
        {
            ExpiresAt = ExpiryOf(message),
        };
    }

    /// <summary>True if a message says that an entry was deleted.</summary>
    public static bool IsMark(StoredMessage message) => message.Headers.TryGet(StoreHeaders.Operation, out _);

    /// <summary>When a message expires, by the server's clock; null: never.</summary>
    public static DateTimeOffset? ExpiryOf(StoredMessage message) =>
        message.Headers.ReadNumber(StoreHeaders.Ttl) is { } ttl ? message.Time.AddMilliseconds(ttl) : null;

    /// <summary>The tag of the index that a message stands in, with its capacity; empty if in none.</summary>
    public static ReadOnlySpan<byte> IndexOf(StoredMessage message, out int capacity)
    {
        capacity = (int)(message.Headers.ReadNumber(StoreHeaders.Capacity) ?? int.MaxValue);
        return message.Headers.TryGet(StoreHeaders.Index, out var tag) ? tag : default;
    }

    public StoreSlot Expired() => this with { Entry = null, IsExpired = true };
}
