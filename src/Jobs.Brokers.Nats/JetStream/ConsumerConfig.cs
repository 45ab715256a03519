using System.Text.Json;

namespace Jobs.Brokers.Nats.JetStream;

/// <summary>The settings of a pull consumer with explicit acknowledgements, as far as Jobs uses them: all of it is known to 2.9.</summary>
internal sealed record ConsumerConfig
{
    public required string Name { get; init; }

    /// <summary>The subject that it hands out; null: all of the stream.</summary>
    public string? FilterSubject { get; init; }

    /// <summary>How long a delivery is held before it comes again.</summary>
    public TimeSpan AckWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a message is handed out; -1: any number. At a limit JetStream keeps the message and never hands it out.</summary>
    public int MaxDeliver { get; init; } = -1;

    /// <summary>The most deliveries in hand.</summary>
    public int MaxAckPending { get; init; } = 65_536;

    /// <summary>The most pulls that wait.</summary>
    public int MaxWaiting { get; init; } = 2_048;

    /// <summary>How long it stays while nobody uses it; zero: for ever.</summary>
    public TimeSpan InactiveThreshold { get; init; }

    /// <summary>Which messages an acknowledgement is for: <c>explicit</c> is for one.</summary>
    public string AckPolicy { get; private init; } = "explicit";

    /// <summary>True if it sends messages to a subject by itself; ours never do.</summary>
    public bool IsPush { get; private init; }

    /// <summary>True if it has pauses of its own before messages come again; ours never do.</summary>
    public bool HasBackOff { get; private init; }

    /// <summary>All that a server told, so that an update leaves alone what others set.</summary>
    public JsonElement? Told { get; init; }

    public static ConsumerConfig Read(JsonElement json) => new()
    {
        Name = json.Text("durable_name"u8) ?? json.Text("name"u8) ?? "",
        FilterSubject = json.Text("filter_subject"u8),
        AckWait = json.Duration("ack_wait"u8),
        MaxDeliver = json.Int32("max_deliver"u8, -1),
        MaxAckPending = json.Int32("max_ack_pending"u8),
        MaxWaiting = json.Int32("max_waiting"u8),
        InactiveThreshold = json.Duration("inactive_threshold"u8),
        AckPolicy = json.Text("ack_policy"u8) ?? "",
        IsPush = json.Text("deliver_subject"u8) is { Length: > 0 },
        HasBackOff = json.TryGetProperty("backoff"u8, out var pauses) && pauses.ValueKind == JsonValueKind.Array && pauses.GetArrayLength() > 0,
        Told = json.Clone(),
    };

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("durable_name"u8, Name);
        writer.WriteString("name"u8, Name);
        if (FilterSubject is not null)
        {
            writer.WriteString("filter_subject"u8, FilterSubject);
        }

        writer.WriteDuration("ack_wait"u8, AckWait);
        writer.WriteNumber("max_deliver"u8, MaxDeliver);
        writer.WriteNumber("max_ack_pending"u8, MaxAckPending);
        writer.WriteNumber("max_waiting"u8, MaxWaiting);
        if (InactiveThreshold > TimeSpan.Zero)
        {
            writer.WriteDuration("inactive_threshold"u8, InactiveThreshold);
        }

        if (Told is { } told)
        {
            WriteOthers(writer, told);
        }
        else
        {
            writer.WriteString("ack_policy"u8, "explicit"u8);
            writer.WriteString("deliver_policy"u8, "all"u8);
            writer.WriteString("replay_policy"u8, "instant"u8);
        }

        writer.WriteEndObject();
    }

    private static void WriteOthers(Utf8JsonWriter writer, JsonElement told)
    {
        foreach (var member in told.EnumerateObject())
        {
            if (member.Name is not ("durable_name" or "name" or "filter_subject" or "ack_wait" or "max_deliver" or "max_ack_pending" or "max_waiting" or "inactive_threshold"))
            {
                member.WriteTo(writer);
            }
        }
    }
}
