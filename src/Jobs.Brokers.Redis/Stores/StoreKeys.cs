using System.Text;

namespace Jobs.Brokers.Redis.Stores;

/// <summary>The keys of a store. All share a hash tag, so that a batch is one script, and an entry moves with its index in one step: the store of
/// an application lives on one node of a cluster.</summary>
internal sealed class StoreKeys
{
    private readonly string _prefix;

    public StoreKeys(string @namespace)
    {
        _prefix = $"{{{@namespace}:store}}:";
        EntryPrefix = $"{_prefix}e:";
        Version = Encoding.UTF8.GetBytes($"{_prefix}version");
        IndexPrefix = Encoding.UTF8.GetBytes($"{_prefix}i:");
    }

    /// <summary>The version that was written last.</summary>
    public byte[] Version { get; }

    /// <summary>Before a key, the entry: <c>version:order:length of index:index</c>, then the value. Also the channel of its changes.</summary>
    public string EntryPrefix { get; }

    /// <summary>Before an index, its keys: a sorted set by the time they expire.</summary>
    public byte[] IndexPrefix { get; }

    public string Entry(string key) => EntryPrefix + key;

    public string Index(string name) => $"{_prefix}i:{name}";

    /// <summary>Who holds the permits of a key: a sorted set of owners by the time they expire.</summary>
    public string Permits(string key) => $"{_prefix}p:{key}";
}
