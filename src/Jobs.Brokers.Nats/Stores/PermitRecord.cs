using System.Buffers;
using System.Text.Json;
using Jobs.Brokers.Nats.JetStream;

namespace Jobs.Brokers.Nats.Stores;

/// <summary>Who holds the permits of a key, and until when by the server's clock: a JSON object of owners and milliseconds since 1970. Not for concurrent use.</summary>
/// <param name="sequence">Its place in the stream; 0 if there is none yet.</param>
internal sealed class PermitRecord(ulong sequence)
{
    private readonly Dictionary<string, long> _holders = new(StringComparer.Ordinal);

    public ulong Sequence => sequence;

    public int Count => _holders.Count;

    /// <summary>When the last of them is free, in milliseconds since 1970.</summary>
    public long LastExpiry => _holders.Values.Max();

    /// <param name="message">The record; null if there is none.</param>
    /// <param name="now">Those whose time has passed by then are left out.</param>
    public static PermitRecord Read(StoredMessage? message, DateTimeOffset now)
    {
        var record = new PermitRecord(message?.Sequence ?? 0);
        if (message is null || message.Data.IsEmpty)
        {
            return record;
        }

        using var json = JsonDocument.Parse(message.Data);
        foreach (var holder in json.RootElement.EnumerateObject())
        {
            if (holder.Value.GetInt64() > now.ToUnixTimeMilliseconds())
            {
                record._holders[holder.Name] = holder.Value.GetInt64();
            }
        }

        return record;
    }

    public bool Holds(string owner) => _holders.ContainsKey(owner);

    /// <param name="owner">Who.</param>
    /// <param name="until">Rounded up.</param>
    public void Hold(string owner, DateTimeOffset until) => _holders[owner] = until.ToUnixTimeMilliseconds() + 1;

    public bool Remove(string owner) => _holders.Remove(owner);

    public byte[] Encode()
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(bytes);
        writer.WriteStartObject();
        foreach (var (owner, until) in _holders)
        {
            writer.WriteNumber(owner, until);
        }

        writer.WriteEndObject();
        writer.Flush();
        return bytes.WrittenSpan.ToArray();
    }
}
