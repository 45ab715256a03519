using System.Security.Cryptography;
using System.Text;

namespace Jobs.Brokers.Sqs.Protocol.Signing;

/// <summary>The key that signs the requests of one day to one service of one region.</summary>
internal sealed class SigningKey
{
    private readonly string _secret;
    private readonly string _day;
    private readonly byte[] _key = new byte[HMACSHA256.HashSizeInBytes];

    /// <param name="secret">The secret key of the credentials.</param>
    /// <param name="day">As <c>20261122</c>.</param>
    /// <param name="region">As <c>eu-central-1</c>.</param>
    /// <param name="service">As <c>sqs</c>.</param>
    public SigningKey(string secret, ReadOnlySpan<char> day, string region, string service)
    {
        (_secret, _day) = (secret, day.ToString());
        HMACSHA256.HashData(Encoding.UTF8.GetBytes($"AWS4{secret}"), Encoding.UTF8.GetBytes(_day), _key);
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(region), _key);
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(service), _key);
        HMACSHA256.HashData(_key, "aws4_request"u8, _key);
    }

    public ReadOnlySpan<byte> Bytes => _key;

    public bool IsFor(string secret, ReadOnlySpan<char> day) => day.SequenceEqual(_day) && secret == _secret;
}
