using System.Text.Json;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Reads what INFO carries. What is not known is passed over.</summary>
internal static class InfoReader
{
    /// <exception cref="NatsProtocolException">It is no JSON object, or a member is not what it must be.</exception>
    public static NatsServerInfo Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            var info = new NatsServerInfo();
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException();
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString();
                reader.Read();
                info = ReadMember(info, name!, ref reader);
            }

            return reader.TokenType == JsonTokenType.EndObject ? info : throw new JsonException();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new NatsProtocolException("The server sent an INFO that cannot be read: it does not speak the protocol of NATS.");
        }
    }

    private static NatsServerInfo ReadMember(NatsServerInfo info, string name, ref Utf8JsonReader reader)
    {
        switch (name)
        {
            case "server_id": return info with { Id = reader.GetString() ?? "" };
            case "server_name": return info with { Name = reader.GetString() ?? "" };
            case "version": return info with { Version = reader.GetString() ?? "" };
            case "api_lvl": return info with { ToldApiLevel = reader.GetInt32() };
            case "max_payload": return info with { MaxPayload = (int)Math.Min(reader.GetInt64(), int.MaxValue) };
            case "headers": return info with { HasHeaders = reader.GetBoolean() };
            case "jetstream": return info with { HasJetStream = reader.GetBoolean() };
            case "domain": return info with { Domain = reader.GetString() };
            case "cluster": return info with { Cluster = reader.GetString() };
            case "client_id": return info with { ClientId = reader.GetUInt64() };
            case "auth_required": return info with { IsAuthorizationRequired = reader.GetBoolean() };
            case "tls_required": return info with { IsTlsRequired = reader.GetBoolean() };
            case "tls_available": return info with { IsTlsAvailable = reader.GetBoolean() };
            case "nonce": return info with { Nonce = reader.GetString() };
            case "ldm": return info with { IsLameDuck = reader.GetBoolean() };
            case "connect_urls": return info with { ConnectUrls = ReadUrls(ref reader) };
            default:
                reader.Skip();
                return info;
        }
    }

    private static List<string> ReadUrls(ref Utf8JsonReader reader)
    {
        var urls = new List<string>();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return urls;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            urls.Add(reader.GetString()!);
        }

        return urls;
    }
}
