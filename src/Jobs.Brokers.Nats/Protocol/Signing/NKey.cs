using System.Text;

namespace Jobs.Brokers.Nats.Protocol.Signing;

/// <summary>A key pair of NATS: an Ed25519 key whose text form tells what it is for.</summary>
/// <remarks>https://github.com/nats-io/nkeys</remarks>
internal sealed class NKey
{
    private const int SeedLength = 32;

    private readonly byte[] _seed;
    private readonly byte[] _publicKey;

    private NKey(byte[] seed, byte prefix)
    {
        _seed = seed;
        _publicKey = Ed25519.PublicKey(seed);
        PublicKey = NKeyText.Encode([prefix], _publicKey);
    }

    /// <summary>The public key, as <c>UABC…</c>.</summary>
    public string PublicKey { get; }

    /// <summary>Reads a seed, as <c>SUABC…</c>.</summary>
    /// <exception cref="FormatException">It is none; the message does not show it.</exception>
    public static NKey FromSeed(string seed)
    {
        var bytes = NKeyText.Decode(seed);
        // Eight bits say that it is a seed and five for whom, over two bytes: so both can be seen in the text.
        if (bytes.Length != 2 + SeedLength || (bytes[0] & 0xF8) != NKeyText.Seed)
        {
            throw new FormatException("It is no seed: a seed begins with 'S'.");
        }

        var prefix = (byte)((bytes[0] & 7) << 5 | bytes[1] >> 3);
        return new NKey(bytes[2..], prefix);
    }

    /// <summary>A key pair of a seed's 32 bytes.</summary>
    /// <param name="prefix">What it is for: one of the prefixes of <see cref="NKeyText"/>.</param>
    /// <param name="seed">The bytes.</param>
    public static NKey Create(byte prefix, ReadOnlySpan<byte> seed) => new(seed.ToArray(), prefix);

    /// <summary>The signature of a text, as the server wants it: base64url without padding.</summary>
    public string Sign(string text) => System.Buffers.Text.Base64Url.EncodeToString(Sign(Encoding.UTF8.GetBytes(text)));

    public byte[] Sign(ReadOnlySpan<byte> message) => Ed25519.Sign(_seed, _publicKey, message);

    /// <summary>The seed, as <c>SUABC…</c>.</summary>
    public string ToSeed()
    {
        var prefix = NKeyText.Decode(PublicKey)[0];
        return NKeyText.Encode([(byte)(NKeyText.Seed | prefix >> 5), (byte)((prefix & 31) << 3)], _seed);
    }
}
