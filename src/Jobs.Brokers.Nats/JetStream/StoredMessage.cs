using System.Text.Json;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.JetStream;

/// <summary>A message as a stream keeps it.</summary>
internal sealed record StoredMessage
{
    public required string Subject { get; init; }

    /// <summary>Its place in the stream.</summary>
    public required ulong Sequence { get; init; }

    /// <summary>When it was stored, by the server's clock.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Its headers, as one block; empty if it has none.</summary>
    public ReadOnlyMemory<byte> HeaderBlock { get; init; }

    public ReadOnlyMemory<byte> Data { get; init; }

    public NatsHeaders Headers => new(HeaderBlock.Span);

    public static StoredMessage Read(JsonElement json) => new()
    {
        Subject = json.Text("subject"u8) ?? "",
        Sequence = json.UInt64("seq"u8),
        Time = json.Time("time"u8) ?? default,
        HeaderBlock = json.TryGetProperty("hdrs"u8, out var headers) ? headers.GetBytesFromBase64() : default,
        Data = json.TryGetProperty("data"u8, out var data) ? data.GetBytesFromBase64() : default,
    };
}
