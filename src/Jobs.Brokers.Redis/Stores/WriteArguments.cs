using Jobs.Brokers.Redis.Protocol;
using Jobs.Stores;

namespace Jobs.Brokers.Redis.Stores;

/// <summary>Store writes as <see cref="StoreScripts.Write"/> takes them.</summary>
internal static class WriteArguments
{
    /// <summary>The most in one script, which keeps the server from everything else while it runs.</summary>
    public const int Most = 128;

    /// <summary>Adds the keys.</summary>
    public static void AddKeys(RespCommand command, StoreKeys keys, ReadOnlySpan<StoreWrite> writes)
    {
        command.Key(keys.Version);
        foreach (ref readonly var write in writes)
        {
            command.Add(keys.EntryPrefix, write.Key);
        }
    }

    /// <summary>Adds the arguments.</summary>
    public static void AddTo(RespCommand command, StoreKeys keys, ReadOnlySpan<StoreWrite> writes)
    {
        Span<byte> conditions = stackalloc byte[2 * Most];
        Span<byte> kinds = stackalloc byte[Most];
        kinds = kinds[..FindKinds(writes, conditions, kinds)];
        command.Add(keys.IndexPrefix).Add(keys.ClassPrefix).Add(conditions[..(2 * writes.Length)]).Add(kinds.Length);
        foreach (var first in kinds)
        {
            ref readonly var write = ref writes[first];
            command.Add(write.Expiry is { } expiry ? StoreRules.MillisecondsOf(expiry) : 0).Add(write.Index?.Name ?? "").Add(write.Index?.Capacity ?? 0);
        }

        for (var i = 0; i < writes.Length; i++)
        {
            ref readonly var write = ref writes[i];
            var condition = write.Condition;
            StoredEntry.AddTo(
                command,
                i + 1,
                condition.Kind == StoreConditionKind.IfVersion ? condition.Version : condition.Order,
                write.Index?.Name ?? "",
                write.Value is { } value ? value.Span : default);
        }
    }

    // Writes of one kind have expiry and index in common: mostly all of a script. A kind is named by the first write of it.
    private static int FindKinds(ReadOnlySpan<StoreWrite> writes, Span<byte> conditions, Span<byte> kinds)
    {
        var count = 0;
        for (var i = 0; i < writes.Length; i++)
        {
            ref readonly var write = ref writes[i];
            var kind = 0;
            while (kind < count && (writes[kinds[kind]].Expiry != write.Expiry || writes[kinds[kind]].Index != write.Index))
            {
                kind++;
            }

            if (kind == count)
            {
                kinds[count++] = (byte)i;
            }

            conditions[2 * i] = (byte)((int)write.Condition.Kind + (write.Value is null ? 8 : 0));
            conditions[(2 * i) + 1] = (byte)(kind + 1);
        }

        return count;
    }
}
