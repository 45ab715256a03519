using Jobs.Brokers.Redis.Protocol;
using Jobs.Stores;

namespace Jobs.Brokers.Redis.Stores;

/// <summary>Store writes as <see cref="StoreScripts.Write"/> takes them, each of another key.</summary>
internal static class WriteArguments
{
    /// <summary>The most in one script, which keeps the server from everything else while it runs.</summary>
    public const int Most = 256;

    /// <summary>How many keys come before those of the entries.</summary>
    public const int FirstKeys = 2;

    // What is read whole passes through the script: one command for all is worth it for short ones.
    private const int ShortValue = 4 * 1024;
    private const int Deletes = 8;

    /// <summary>Adds the keys.</summary>
    public static void AddKeys(RespCommand command, StoreKeys keys, ReadOnlySpan<StoreWrite> writes)
    {
        command.Key(keys.Version).Key(keys.Counts);
        foreach (ref readonly var write in writes)
        {
            command.Add(keys.EntryPrefix, write.Key);
        }
    }

    /// <summary>Adds the arguments.</summary>
    public static void AddTo(RespCommand command, StoreKeys keys, ReadOnlySpan<StoreWrite> writes)
    {
        Span<byte> chosen = stackalloc byte[Most];
        Span<byte> kinds = stackalloc byte[Most];
        kinds = kinds[..FindKinds(writes, chosen, kinds, out var areShort)];
        command.Add(keys.IndexPrefix).Add(keys.BatchPrefix).Add(keys.ClassPrefix).Add(areShort && writes.Length > 1 ? 1 : 0).Add(chosen[..writes.Length]).Add(kinds.Length);
        foreach (var first in kinds)
        {
            ref readonly var write = ref writes[first];
            var condition = write.Condition;
            var index = write.Value is null ? null : write.Index;
            command.Add((int)condition.Kind + (write.Value is null ? Deletes : 0))
                .Add(condition.Kind == StoreConditionKind.IfVersion ? condition.Version : condition.Order)
                .Add(write.Expiry is { } expiry ? StoreRules.MillisecondsOf(expiry) : 0)
                .Add(index?.Name ?? "")
                .Add(index?.Capacity ?? 0)
                .Add(StoreKeys.ClassOf(write.Key).ToString());
        }

        for (var i = 0; i < writes.Length; i++)
        {
            StoredEntry.AddTo(command, i + 1, writes[i].Value is { } value ? value.Span : default);
        }
    }

    // Writes of one kind have all but key and value in common: mostly all of a script. A kind is named by the first write of it.
    private static int FindKinds(ReadOnlySpan<StoreWrite> writes, Span<byte> chosen, Span<byte> kinds, out bool areShort)
    {
        areShort = true;
        var count = 0;
        for (var i = 0; i < writes.Length; i++)
        {
            ref readonly var write = ref writes[i];
            areShort &= write.Value is { Length: <= ShortValue };
            var kind = 0;
            while (kind < count && !IsOfKind(write, writes[kinds[kind]]))
            {
                kind++;
            }

            if (kind == count)
            {
                kinds[count++] = (byte)i;
            }

            chosen[i] = (byte)kind;
        }

        return count;
    }

    private static bool IsOfKind(in StoreWrite write, in StoreWrite other) =>
        write.Condition == other.Condition
        && write.Expiry == other.Expiry
        && write.Index == other.Index
        && write.Value is null == other.Value is null
        && StoreKeys.ClassOf(write.Key).SequenceEqual(StoreKeys.ClassOf(other.Key));
}
