using System.Buffers.Text;
using Jobs.Stores;

namespace Jobs.Brokers.Redis.Stores;

/// <summary>Reads an entry as the scripts write it: <c>version:order:length of index:index</c>, then the value.</summary>
internal static class StoredEntry
{
    /// <summary>Reads an entry; null if there is none.</summary>
    /// <exception cref="FormatException">The bytes are not an entry.</exception>
    public static StoreEntry? Read(string key, ReadOnlySpan<byte> stored)
    {
        if (stored.IsEmpty)
        {
            return null;
        }

        var version = ReadNumber(key, ref stored);
        var order = ReadNumber(key, ref stored);
        var index = (int)ReadNumber(key, ref stored);
        return index <= stored.Length
            ? new StoreEntry(key, stored[index..].ToArray(), version) { Order = order }
            : throw NoEntry(key);
    }

    private static long ReadNumber(string key, ref ReadOnlySpan<byte> stored)
    {
        if (!Utf8Parser.TryParse(stored, out long number, out var length) || length >= stored.Length || stored[length] != ':')
        {
            throw NoEntry(key);
        }

        stored = stored[(length + 1)..];
        return number;
    }

    private static FormatException NoEntry(string key) => new($"What Redis keeps for '{key}' was not written by this store.");
}
