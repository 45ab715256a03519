using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;

namespace Jobs.Brokers.Sqs.Protocol.Signing;

/// <summary>Signs POST requests without a query by AWS Signature Version 4. Safe for concurrent use.</summary>
/// <remarks>A signature costs one string, the header: the key is kept for the day, all else is on the stack or from the pool.</remarks>
internal sealed class RequestSigner(string region, string service)
{
    private const int DayLength = 8;

    // What a text has besides names and values, at most.
    private const int Frame = 512;

    private SigningKey? _key;

    /// <summary>Gives the value of the header <c>Authorization</c>.</summary>
    /// <param name="credentials">Whose request it is.</param>
    /// <param name="timestamp">As the header <c>x-amz-date</c>: <c>20261122T150405Z</c>.</param>
    /// <param name="path">Of the URL, encoded.</param>
    /// <param name="headers">Sorted by name.</param>
    /// <param name="bodyHash">SHA-256 of the body.</param>
    public string Sign(ImmutableCredentials credentials, string timestamp, string path, ReadOnlySpan<SignedHeader> headers, ReadOnlySpan<byte> bodyHash)
    {
        var size = Frame + path.Length + credentials.AccessKey.Length + (2 * (region.Length + service.Length));
        foreach (var header in headers)
        {
            size += (2 * header.Name.Length) + Encoding.UTF8.GetMaxByteCount(header.Value.Length);
        }

        var rented = ArrayPool<byte>.Shared.Rent(size);
        var text = new TextWriter(rented);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];

        WriteCanonicalRequest(ref text, path, headers, bodyHash);
        SHA256.HashData(text.Written, hash);

        text.Clear();
        text.Write("AWS4-HMAC-SHA256\n");
        text.Write(timestamp);
        text.Write("\n");
        WriteScope(ref text, timestamp);
        text.Write("\n");
        text.WriteHex(hash);
        HMACSHA256.HashData(KeyFor(credentials.SecretKey, timestamp.AsSpan(0, DayLength)).Bytes, text.Written, hash);

        text.Clear();
        text.Write("AWS4-HMAC-SHA256 Credential=");
        text.Write(credentials.AccessKey);
        text.Write("/");
        WriteScope(ref text, timestamp);
        text.Write(", SignedHeaders=");
        WriteNames(ref text, headers);
        text.Write(", Signature=");
        text.WriteHex(hash);
        var result = Encoding.UTF8.GetString(text.Written);
        ArrayPool<byte>.Shared.Return(rented);
        return result;
    }

    private static void WriteCanonicalRequest(ref TextWriter text, string path, ReadOnlySpan<SignedHeader> headers, ReadOnlySpan<byte> bodyHash)
    {
        text.Write("POST\n");
        text.Write(path);
        text.Write("\n\n");
        foreach (var header in headers)
        {
            text.Write(header.Name);
            text.Write(":");
            text.Write(header.Value);
            text.Write("\n");
        }

        text.Write("\n");
        WriteNames(ref text, headers);
        text.Write("\n");
        text.WriteHex(bodyHash);
    }

    private static void WriteNames(ref TextWriter text, ReadOnlySpan<SignedHeader> headers)
    {
        for (var i = 0; i < headers.Length; i++)
        {
            text.Write(i == 0 ? "" : ";");
            text.Write(headers[i].Name);
        }
    }

    private void WriteScope(ref TextWriter text, string timestamp)
    {
        text.Write(timestamp.AsSpan(0, DayLength));
        text.Write("/");
        text.Write(region);
        text.Write("/");
        text.Write(service);
        text.Write("/aws4_request");
    }

    private SigningKey KeyFor(string secret, ReadOnlySpan<char> day)
    {
        var key = Volatile.Read(ref _key);
        if (key is null || !key.IsFor(secret, day))
        {
            key = new SigningKey(secret, day, region, service);
            Volatile.Write(ref _key, key);
        }

        return key;
    }

    private ref struct TextWriter(Span<byte> buffer)
    {
        private readonly Span<byte> _buffer = buffer;
        private int _length;

        public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

        public void Clear() => _length = 0;

        public void Write(scoped ReadOnlySpan<char> value) => _length += Encoding.UTF8.GetBytes(value, _buffer[_length..]);

        public void WriteHex(scoped ReadOnlySpan<byte> hash)
        {
            Span<char> hex = stackalloc char[2 * SHA256.HashSizeInBytes];
            _ = Convert.TryToHexStringLower(hash, hex, out _);
            Write(hex);
        }
    }
}
