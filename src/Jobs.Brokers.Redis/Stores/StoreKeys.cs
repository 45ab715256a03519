using System.Text;

namespace Jobs.Brokers.Redis.Stores;

/// <summary>The keys of a store. All share a hash tag, so that a batch is one script, and an entry moves with its index in one step: the store of
/// an application lives on one node of a cluster.</summary>
internal sealed class StoreKeys
{
    private readonly string _prefix;

    public StoreKeys(string @namespace)
    {
        Namespace = @namespace;
        _prefix = $"{{{@namespace}:store}}:";
        EntryPrefix = Encoding.UTF8.GetBytes($"{_prefix}e:");
        ClassPrefix = Encoding.UTF8.GetBytes($"{_prefix}c:");
        Version = Encoding.UTF8.GetBytes($"{_prefix}version");
        IndexPrefix = Encoding.UTF8.GetBytes($"{_prefix}i:");
        Counts = Encoding.UTF8.GetBytes($"{_prefix}counts");
        BatchPrefix = Encoding.UTF8.GetBytes($"{_prefix}b:");
    }

    /// <summary>Keeps applications on one server apart.</summary>
    public string Namespace { get; }

    /// <summary>The version that was written last.</summary>
    public byte[] Version { get; }

    /// <summary>Before a key, the entry as <see cref="StoredEntry"/> lays it out. Also the channel of its changes.</summary>
    public byte[] EntryPrefix { get; }

    /// <summary>Before a class, the channel that stays silent: who listens to an entry listens to it too, so that one question tells of a whole
    /// class that nobody does. As long as <see cref="EntryPrefix"/>.</summary>
    public byte[] ClassPrefix { get; }

    /// <summary>A hash: how many entries stand in each index.</summary>
    public byte[] Counts { get; }

    /// <summary>Before a batch (<see cref="StoreScripts"/>), how many entries stand in it, 4 bytes, and the name of its index.</summary>
    public byte[] BatchPrefix { get; }

    /// <summary>Before an index, its keys: a sorted set of batches by the time they expire.</summary>
    public byte[] IndexPrefix { get; }

    public string Entry(string key) => $"{_prefix}e:{key}";

    /// <summary>The channel of a key's class.</summary>
    public string Class(string key) => $"{_prefix}c:{ClassOf(key)}";

    /// <summary>The class of a key: what it begins with, up to the first colon.</summary>
    public static ReadOnlySpan<char> ClassOf(string key) => key.AsSpan(0, key.IndexOf(':', StringComparison.Ordinal) + 1);

    public string Index(string name) => $"{_prefix}i:{name}";

    /// <summary>Who holds the permits of a key: a sorted set of owners by the time they expire.</summary>
    public string Permits(string key) => $"{_prefix}p:{key}";
}
