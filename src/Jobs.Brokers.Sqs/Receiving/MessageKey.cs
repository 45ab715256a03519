using System.Buffers.Text;
using System.Security.Cryptography;

namespace Jobs.Brokers.Sqs.Receiving;

/// <summary>What tells messages of SQS apart: their ids, which are UUIDs, in little space.</summary>
internal readonly record struct MessageKey(Guid Value)
{
    public static MessageKey Of(ReadOnlySpan<byte> messageId)
    {
        if (Utf8Parser.TryParse(messageId, out Guid id, out var used) && used == messageId.Length)
        {
            return new MessageKey(id);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(messageId, hash);
        return new MessageKey(new Guid(hash[..16]));
    }
}
