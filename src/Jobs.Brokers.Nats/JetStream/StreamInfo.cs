using System.Collections.ObjectModel;
using System.Text.Json;

namespace Jobs.Brokers.Nats.JetStream;

/// <summary>What a stream is, and holds.</summary>
internal sealed record StreamInfo
{
    public required StreamConfig Config { get; init; }

    /// <summary>When it was made: one of the same name that was made later is another.</summary>
    public DateTimeOffset Created { get; init; }

    public long Messages { get; init; }

    public long Bytes { get; init; }

    public ulong FirstSequence { get; init; }

    public ulong LastSequence { get; init; }

    public int Consumers { get; init; }

    /// <summary>How many messages each subject has, of those that were asked for.</summary>
    public IReadOnlyDictionary<string, long> Subjects { get; init; } = ReadOnlyDictionary<string, long>.Empty;

    public static StreamInfo Read(JsonElement json)
    {
        var state = json.GetProperty("state"u8);
        return new StreamInfo
        {
            Config = StreamConfig.Read(json.GetProperty("config"u8)),
            Created = json.Time("created"u8) ?? default,
            Messages = state.Int64("messages"u8),
            Bytes = state.Int64("bytes"u8),
            FirstSequence = state.UInt64("first_seq"u8),
            LastSequence = state.UInt64("last_seq"u8),
            Consumers = state.Int32("consumer_count"u8),
        };
    }
}
