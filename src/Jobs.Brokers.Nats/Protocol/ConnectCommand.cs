using System.Buffers;
using System.Text.Json;

namespace Jobs.Brokers.Nats.Protocol;

/// <summary>Puts CONNECT together, with the PING whose PONG tells that the server has taken it.</summary>
internal static class ConnectCommand
{
    private const string Version = "0.1.0";

    public static ReadOnlyMemory<byte> Encode(NatsClientOptions options, in NatsCredentials credentials, bool isEncrypted)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        bytes.Write("CONNECT "u8);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteBoolean("verbose"u8, false);
            json.WriteBoolean("pedantic"u8, false);
            json.WriteBoolean("tls_required"u8, isEncrypted);
            Write(json, "jwt"u8, credentials.Jwt);
            Write(json, "nkey"u8, credentials.PublicKey);
            Write(json, "sig"u8, credentials.Signature);
            Write(json, "auth_token"u8, credentials.Token);
            Write(json, "user"u8, credentials.User);
            Write(json, "pass"u8, credentials.Password);
            Write(json, "name"u8, options.ClientName);
            json.WriteString("lang"u8, "csharp"u8);
            json.WriteString("version"u8, Version);
            json.WriteNumber("protocol"u8, 1);
            json.WriteBoolean("headers"u8, true);
            json.WriteBoolean("no_responders"u8, true);
            json.WriteBoolean("echo"u8, true);
            json.WriteEndObject();
        }

        bytes.Write("\r\nPING\r\n"u8);
        return bytes.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
