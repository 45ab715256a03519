using System.Buffers;
using System.Text.Json;
using Jobs.Messages;

namespace Jobs.Brokers.Conformance.Harness;

/// <summary>What a message of a check is made of. Each <see cref="Build"/> makes another message with the same bytes.</summary>
internal sealed record Draft
{
    public required JobId Id { get; init; }

    public required DateTimeOffset EnqueuedAt { get; init; }

    public string Name { get; init; } = "conformance.probe";

    /// <summary>Of the payload.</summary>
    public int Version { get; init; } = 1;

    public string Queue { get; init; } = Bench.Queue;

    public DateTimeOffset? Due { get; init; }

    public JobPriority Priority { get; init; } = JobPriority.Normal;

    /// <summary>The payload as JSON; null for none.</summary>
    public string? Data { get; init; } = """{"text":"x"}""";

    /// <summary>Further string members.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    /// <summary>True if another message may carry the same id.</summary>
    public bool MayRepeat { get; init; }

    public byte[] Document()
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteString("specversion", "1.0");
            writer.WriteString("id", Id.ToString());
            writer.WriteString("source", "/conformance");
            writer.WriteString("type", Name);
            writer.WriteString("time", EnqueuedAt.UtcDateTime);
            writer.WriteNumber("jobversion", Version);
            writer.WriteString("jobqueue", Queue);
            if (Due is { } due)
            {
                writer.WriteString("jobdue", due.UtcDateTime);
            }

            if (Priority != JobPriority.Normal)
            {
                writer.WriteString("jobpriority", Priority == JobPriority.High ? "high" : "low");
            }

            foreach (var (name, value) in Attributes)
            {
                writer.WriteString(name, value);
            }

            if (Data is not null)
            {
                writer.WritePropertyName("data");
                writer.WriteRawValue(Data, skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    public JobMessage Build()
    {
        var message = JobMessage.FromBytes(Document());
        // What is read from bytes counts as repeated; a client's message with an id of its own does not.
        message.MayRepeat = MayRepeat;
        return message;
    }
}
