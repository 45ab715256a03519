using System.Buffers.Binary;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Stores;

namespace Jobs.Brokers.Redis.Stores;

/// <summary>An entry as Redis keeps it; numbers are big-endian.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="ExpiresAt">When one that stands in an index expires, in microseconds of the server's clock; 0: it stands in none, and the server lets go of
/// it by itself.</param>
/// <remarks>The script's part: 8 bytes order, 8 batch in its index or 0 (<see cref="StoreScripts"/>), 8 version of the script. The client's part: 2 bytes
/// place in the script, which the version is to be raised by, the value.</remarks>
internal readonly record struct StoredEntry(StoreEntry Entry, long ExpiresAt)
{
    private const int HeadLength = 24;
    private const int PlaceLength = 2;

    /// <summary>True if it is there at a time of the server, in microseconds.</summary>
    public bool IsThereAt(long now) => ExpiresAt == 0 || ExpiresAt > now;

    /// <summary>Adds what the client knows of an entry.</summary>
    /// <param name="command">The script's call.</param>
    /// <param name="place">The place in the script, from 1.</param>
    /// <param name="value">Its value.</param>
    public static void AddTo(RespCommand command, int place, ReadOnlySpan<byte> value)
    {
        var tail = command.AddRoom(PlaceLength + value.Length);
        BinaryPrimitives.WriteUInt16BigEndian(tail, (ushort)place);
        value.CopyTo(tail[PlaceLength..]);
    }

    /// <summary>Reads an entry; null if there is none.</summary>
    /// <exception cref="FormatException">The bytes are not an entry.</exception>
    public static StoredEntry? Read(string key, ReadOnlySpan<byte> stored)
    {
        if (stored.IsEmpty)
        {
            return null;
        }

        if (stored.Length < HeadLength + PlaceLength)
        {
            throw new FormatException($"What Redis keeps for '{key}' was not written by this store.");
        }

        var order = BinaryPrimitives.ReadInt64BigEndian(stored);
        var version = BinaryPrimitives.ReadInt64BigEndian(stored[16..]) + BinaryPrimitives.ReadUInt16BigEndian(stored[HeadLength..]);
        var entry = new StoreEntry(key, stored[(HeadLength + PlaceLength)..].ToArray(), version) { Order = order };
        return new StoredEntry(entry, BinaryPrimitives.ReadInt64BigEndian(stored[8..]));
    }
}
