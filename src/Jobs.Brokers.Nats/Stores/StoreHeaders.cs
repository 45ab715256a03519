namespace Jobs.Brokers.Nats.Stores;

/// <summary>The names of the headers of what a store writes.</summary>
internal static class StoreHeaders
{
    /// <summary>What only this write has: whose answer was lost finds itself by it.</summary>
    public static ReadOnlySpan<byte> Write => "Jobs-Write"u8;

    /// <summary>How long it lives from when it was stored, in milliseconds; absent: until deleted.</summary>
    public static ReadOnlySpan<byte> Ttl => "Jobs-Ttl"u8;

    /// <summary>When the server lets go of it, long after it has expired. Only where <see cref="StoreReader.LetsGo"/>.</summary>
    public static ReadOnlySpan<byte> ServerTtl => "Nats-TTL"u8;

    /// <summary>Its order; absent: 0.</summary>
    public static ReadOnlySpan<byte> Order => "Jobs-Order"u8;

    /// <summary>The tag of the index that it stands in (<see cref="StoreNames.TagOf"/>); absent: in none.</summary>
    public static ReadOnlySpan<byte> Index => "Jobs-Index"u8;

    /// <summary>The capacity of that index; absent: any.</summary>
    public static ReadOnlySpan<byte> Capacity => "Jobs-Capacity"u8;

    /// <summary>The key of an entry that stands in an index, in base64, where the subject does not tell it.</summary>
    public static ReadOnlySpan<byte> Key => "Jobs-Key"u8;

    /// <summary>The place of what it replaced.</summary>
    public static ReadOnlySpan<byte> Expected => "Nats-Expected-Last-Subject-Sequence"u8;

    /// <summary>Present: it says that nothing is there.</summary>
    public static ReadOnlySpan<byte> Operation => "KV-Operation"u8;
}
