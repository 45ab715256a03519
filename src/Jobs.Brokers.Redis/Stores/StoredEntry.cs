using System.Buffers.Binary;
using System.Text;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Stores;

namespace Jobs.Brokers.Redis.Stores;

/// <summary>An entry as Redis keeps it; numbers are big-endian.</summary>
/// <remarks>The script's part: 8 bytes version of the script, 8 when it expires (ms, 0: never). The client's part: 2 bytes place in the script, which
/// the version is to be raised by, 8 order, 2 length of the index, the index, the value.</remarks>
internal static class StoredEntry
{
    private const int HeadLength = 16;
    private const int TailLength = 12;

    /// <summary>Adds what the client knows of an entry.</summary>
    /// <param name="command">The script's call.</param>
    /// <param name="place">The place in the script, from 1.</param>
    /// <param name="number">Its order, or the number that its condition asks for.</param>
    /// <param name="index">Its index, or empty.</param>
    /// <param name="value">Its value.</param>
    public static void AddTo(RespCommand command, int place, long number, string index, ReadOnlySpan<byte> value)
    {
        var indexLength = Encoding.UTF8.GetByteCount(index);
        var tail = command.AddRoom(TailLength + indexLength + value.Length);
        BinaryPrimitives.WriteUInt16BigEndian(tail, (ushort)place);
        BinaryPrimitives.WriteInt64BigEndian(tail[2..], number);
        BinaryPrimitives.WriteUInt16BigEndian(tail[10..], (ushort)indexLength);
        Encoding.UTF8.GetBytes(index, tail[TailLength..]);
        value.CopyTo(tail[(TailLength + indexLength)..]);
    }

    /// <summary>Reads an entry; null if there is none.</summary>
    /// <exception cref="FormatException">The bytes are not an entry.</exception>
    public static StoreEntry? Read(string key, ReadOnlySpan<byte> stored)
    {
        if (stored.IsEmpty)
        {
            return null;
        }

        if (stored.Length < HeadLength + TailLength)
        {
            throw NoEntry(key);
        }

        var version = BinaryPrimitives.ReadInt64BigEndian(stored);
        var tail = stored[HeadLength..];
        var place = BinaryPrimitives.ReadUInt16BigEndian(tail);
        var order = BinaryPrimitives.ReadInt64BigEndian(tail[2..]);
        var value = TailLength + BinaryPrimitives.ReadUInt16BigEndian(tail[10..]);
        return value <= tail.Length
            ? new StoreEntry(key, tail[value..].ToArray(), version + place) { Order = order }
            : throw NoEntry(key);
    }

    private static FormatException NoEntry(string key) => new($"What Redis keeps for '{key}' was not written by this store.");
}
