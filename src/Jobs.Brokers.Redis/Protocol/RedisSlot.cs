namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Which of a cluster's slots a key belongs to.</summary>
/// <remarks>https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#key-distribution-model</remarks>
internal static class RedisSlot
{
    public const int Count = 16384;

    private static readonly ushort[] Table = MakeTable();

    public static int Of(ReadOnlySpan<byte> key)
    {
        var crc = 0;
        foreach (var b in Tag(key))
        {
            crc = (ushort)(crc << 8) ^ Table[(crc >> 8) ^ b];
        }

        return crc % Count;
    }

    // What stands between the first '{' and the next '}', if that is anything; else the whole key.
    private static ReadOnlySpan<byte> Tag(ReadOnlySpan<byte> key)
    {
        var open = key.IndexOf((byte)'{');
        var length = open < 0 ? -1 : key[(open + 1)..].IndexOf((byte)'}');
        return length > 0 ? key.Slice(open + 1, length) : key;
    }

    // CRC16 as XMODEM has it.
    private static ushort[] MakeTable()
    {
        var table = new ushort[256];
        for (var i = 0; i < table.Length; i++)
        {
            var crc = i << 8;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
            }

            table[i] = (ushort)crc;
        }

        return table;
    }
}
