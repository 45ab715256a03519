using System.Text.Json;

namespace Jobs.Brokers.Nats.JetStream;

/// <summary>What a consumer is, and how far it has come.</summary>
internal sealed record ConsumerInfo
{
    public required ConsumerConfig Config { get; init; }

    /// <summary>Messages that were never handed out.</summary>
    public long Pending { get; init; }

    /// <summary>Deliveries that are not acknowledged; those whose time ran out but that were not handed out again count, too.</summary>
    public long AckPending { get; init; }

    /// <summary>Deliveries that are not acknowledged, and not the first of their message.</summary>
    public long Redelivered { get; init; }

    /// <summary>Pulls that wait.</summary>
    public long Waiting { get; init; }

    /// <summary>The last message that was handed out.</summary>
    public ulong DeliveredSequence { get; init; }

    /// <summary>All messages up to this one are acknowledged.</summary>
    public ulong AckFloorSequence { get; init; }

    /// <exception cref="JetStreamException">The answer has no consumer: it was deleted while it was made, or the other way round.</exception>
    public static ConsumerInfo Read(JsonElement json) => new()
    {
        Config = ConsumerConfig.Read(json.TryGetProperty("config"u8, out var config)
            ? config
            : throw new JetStreamException(JetStreamErrorKind.Unavailable, 503, 0, "JetStream answered without the consumer: someone deletes it at this moment.")),
        Pending = json.Int64("num_pending"u8),
        AckPending = json.Int64("num_ack_pending"u8),
        Redelivered = json.Int64("num_redelivered"u8),
        Waiting = json.Int64("num_waiting"u8),
        DeliveredSequence = json.TryGetProperty("delivered"u8, out var delivered) ? delivered.UInt64("stream_seq"u8) : 0,
        AckFloorSequence = json.TryGetProperty("ack_floor"u8, out var floor) ? floor.UInt64("stream_seq"u8) : 0,
    };
}
