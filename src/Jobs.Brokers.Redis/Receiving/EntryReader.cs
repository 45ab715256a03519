using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Redis.Receiving;

/// <summary>Reads stream entries out of replies.</summary>
internal static class EntryReader
{
    /// <summary>What one entry holds. Other fields than ours are passed over.</summary>
    public ref struct Fields
    {
        public ReadOnlySpan<byte> Document;
        public ReadOnlySpan<byte> State;
        public ReadOnlySpan<byte> Key;
        public ReadOnlySpan<byte> Reason;
        public ReadOnlySpan<byte> Error;
    }

    /// <summary>Reads the fields of an entry; null, of an entry that was deleted, reads as none.</summary>
    public static bool TryReadFields(ref RespReader reader, out Fields fields)
    {
        fields = default;
        if (reader.TryReadNull())
        {
            return false;
        }

        for (var left = reader.ReadArray(); left > 1; left -= 2)
        {
            var name = reader.ReadBytes();
            var value = reader.ReadBytes();
            switch (name)
            {
                case [(byte)'d']:
                    fields.Document = value;
                    break;
                case [(byte)'s']:
                    fields.State = value;
                    break;
                case [(byte)'k']:
                    fields.Key = value;
                    break;
                case [(byte)'r']:
                    fields.Reason = value;
                    break;
                case [(byte)'e']:
                    fields.Error = value;
                    break;
                default:
                    break;
            }
        }

        return true;
    }
}
