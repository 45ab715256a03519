namespace Jobs.Schedules.Cron;

/// <summary>Sets of small numbers as bits. The analyzer's framework has no BitOperations, hence our own.</summary>
internal static class Bits
{
    private const ulong DeBruijn = 0x03F79D71B4CB0A89;

    // Multiplying a single bit by the sequence moves six bits that name its place to the top.
    private static readonly byte[] Places = MakePlaces();

    /// <summary>The numbers from <paramref name="first"/> to <paramref name="last"/>, both below 64.</summary>
    public static ulong Range(int first, int last) => (~0UL >> (63 - last)) & (~0UL << first);

    /// <summary>The least number of a set that is not below <paramref name="from"/>; -1 if there is none.</summary>
    public static int Next(ulong set, int from)
    {
        set = from > 63 ? 0 : set & (~0UL << from);
        return set == 0 ? -1 : Places[((set & (~set + 1)) * DeBruijn) >> 58];
    }

    private static byte[] MakePlaces()
    {
        var places = new byte[64];
        for (var i = 0; i < 64; i++)
        {
            places[((1UL << i) * DeBruijn) >> 58] = (byte)i;
        }

        return places;
    }
}
