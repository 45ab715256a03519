namespace Jobs.Brokers.Nats.Stores;

/// <summary>The names of the headers of what a store writes.</summary>
internal static class StoreHeaders
{
    /// <summary>What only this write has: whose answer was lost finds itself by it.</summary>
    public static ReadOnlySpan<byte> Write => "Jobs-Write"u8;

    /// <summary>How long it lives from when it was stored, in milliseconds; absent: until deleted.</summary>
    public static ReadOnlySpan<byte> Ttl => "Jobs-Ttl"u8;

    /// <summary>Its order; absent: 0.</summary>
    public static ReadOnlySpan<byte> Order => "Jobs-Order"u8;

    /// <summary>The place of its note in the stream of indexes; absent: it stands in none.</summary>
    public static ReadOnlySpan<byte> Note => "Jobs-Note"u8;

    /// <summary>The place of what it replaced.</summary>
    public static ReadOnlySpan<byte> Expected => "Nats-Expected-Last-Subject-Sequence"u8;

    /// <summary>Present: it says that nothing is there.</summary>
    public static ReadOnlySpan<byte> Operation => "KV-Operation"u8;
}
