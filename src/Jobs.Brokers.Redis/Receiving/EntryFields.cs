using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Redis.Receiving;

/// <summary>What one stream entry holds. Other fields than ours are passed over.</summary>
internal ref struct EntryFields
{
    public ReadOnlySpan<byte> Document;
    public ReadOnlySpan<byte> State;
    public ReadOnlySpan<byte> Key;
    public ReadOnlySpan<byte> Reason;
    public ReadOnlySpan<byte> Error;

    /// <summary>False for an entry that was deleted.</summary>
    public bool IsThere;

    public static EntryFields Read(scoped ref RespReader reader)
    {
        var fields = default(EntryFields);
        if (reader.TryReadNull())
        {
            return fields;
        }

        fields.IsThere = true;
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

        return fields;
    }
}
