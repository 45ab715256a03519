using System.Security.Cryptography;
using System.Text;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>A Lua script: sent by its hash, in full where the server does not have it.</summary>
/// <remarks>https://redis.io/docs/latest/commands/evalsha/</remarks>
internal sealed class RedisScript
{
    public RedisScript(string name, string source)
    {
        Name = name;
        Source = Encoding.UTF8.GetBytes(source);
#pragma warning disable CA5350 // The protocol's choice: it names a script, and guards nothing.
        Hash = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA1.HashData(Source)));
#pragma warning restore CA5350
    }

    /// <summary>Names the script in errors.</summary>
    public string Name { get; }

    public byte[] Source { get; }

    /// <summary>The SHA-1 of the source, in lower-case hexadecimal.</summary>
    public byte[] Hash { get; }
}
