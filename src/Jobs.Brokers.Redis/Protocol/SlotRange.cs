using System.Net;

namespace Jobs.Brokers.Redis.Protocol;

/// <summary>Slots that follow each other, and the primary that serves them.</summary>
internal sealed record SlotRange(int First, int Last, DnsEndPoint Primary)
{
    /// <summary>Reads the answer to CLUSTER SLOTS.</summary>
    /// <param name="reader">The answer.</param>
    /// <param name="sender">Who sent it: a node without a host is on the same one.</param>
    public static List<SlotRange> ReadAll(RespReader reader, DnsEndPoint sender)
    {
        var ranges = new List<SlotRange>();
        for (var left = reader.ReadArray(); left > 0; left--)
        {
            var parts = reader.ReadArray();
            var (first, last) = (reader.ReadInteger(), reader.ReadInteger());
            if (parts < 3 || first < 0 || last < first || last >= RedisSlot.Count)
            {
                throw new RedisProtocolException("The server sent slots that do not exist.");
            }

            var fields = reader.ReadArray();
            var host = reader.ReadString();
            ranges.Add(new((int)first, (int)last, new DnsEndPoint(host is "" or "?" ? sender.Host : host, (int)reader.ReadInteger())));
            Skip(ref reader, fields - 2);
            Skip(ref reader, parts - 3);
        }

        return ranges;
    }

    private static void Skip(ref RespReader reader, int values)
    {
        for (; values > 0; values--)
        {
            reader.Skip();
        }
    }
}
