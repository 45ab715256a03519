using System.Text.Json;

namespace Jobs.Brokers.Nats.JetStream;

/// <summary>What an account may have of JetStream, and has; -1: no limit.</summary>
internal sealed record AccountInfo
{
    public int Streams { get; init; }

    public int MaxStreams { get; init; }

    public int Consumers { get; init; }

    public int MaxConsumers { get; init; }

    public long Storage { get; init; }

    public long MaxStorage { get; init; }

    public static AccountInfo Read(JsonElement json)
    {
        var hasLimits = json.TryGetProperty("limits"u8, out var limits);
        return new AccountInfo
        {
            Streams = json.Int32("streams"u8),
            Consumers = json.Int32("consumers"u8),
            Storage = json.Int64("storage"u8),
            MaxStreams = hasLimits ? limits.Int32("max_streams"u8, -1) : -1,
            MaxConsumers = hasLimits ? limits.Int32("max_consumers"u8, -1) : -1,
            MaxStorage = hasLimits ? limits.Int64("max_storage"u8, -1) : -1,
        };
    }
}
