using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Jobs.Brokers.Nats.JetStream;

namespace Jobs.Brokers.Nats.Stores;

/// <summary>The streams and subjects of a store.</summary>
/// <remarks>Entries are a key-value bucket, so that the program <c>nats kv</c> shows them: <c>e.{key}</c>, permits <c>p.{key}</c>. Keys of jobs stay
/// readable there, with <c>/</c> for <c>:</c>; others are hashed.</remarks>
internal sealed class StoreNames(string @namespace)
{
    private const int LongestToken = 128;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_:");

    public string Namespace => @namespace;

    /// <summary>The bucket of entries and permits.</summary>
    public string Bucket { get; } = $"{@namespace}-store";

    /// <summary>The stream that the bucket is.</summary>
    public string Stream => $"KV_{Bucket}";

    /// <summary>The stream of what stands in which index.</summary>
    public string IndexStream => $"{@namespace}~~index";

    /// <summary>Written to tell the time by.</summary>
    public string ClockSubject => $"$KV.{Bucket}.clock";

    /// <summary>Who swept last, and when.</summary>
    public string SweepSubject => $"$KV.{Bucket}.sweep";

    public string EntrySubject(string key) => $"$KV.{Bucket}.e.{Token(key)}";

    public string PermitSubject(string key) => $"$KV.{Bucket}.p.{Token(key)}";

    /// <summary>Where the server announces that an entry has been written.</summary>
    public string ChangedSubject(string key) => $"{@namespace}.stored.{Token(key)}";

    /// <summary>Where the servers tell that the bucket has a new leader, so that an announcement may have been lost.</summary>
    public string ElectedSubject => $"$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.{Stream}";

    /// <summary>The notes of an index, in the order of writing.</summary>
    public string IndexSubject(string index) => $"{@namespace}.index.{Token(index)}";

    /// <summary>What the streams have to be like.</summary>
    public IEnumerable<(string What, StreamConfig Wanted)> Streams(int replicas)
    {
        yield return ("The bucket of the store", new StreamConfig
        {
            Name = Stream,
            Subjects = [$"$KV.{Bucket}.>"],
            DiscardsNew = true,
            MaxMessagesPerSubject = 1,
            Replicas = replicas,
            DuplicateWindow = DuplicateWindow,
            AllowsDirect = true,
            AllowsRollup = true,
            RepublishSource = $"$KV.{Bucket}.e.>",
            RepublishDestination = $"{@namespace}.stored.>",
        });
        yield return ("The stream of the store's indexes", new StreamConfig
        {
            Name = IndexStream,
            Subjects = [$"{@namespace}.index.*"],
            DiscardsNew = true,
            Replicas = replicas,
            DuplicateWindow = DuplicateWindow,
            AllowsDirect = true,
        });
    }

    // Longer than two writers of the same revision are under way together; each write costs the server about 200 bytes for so long.
    private static TimeSpan DuplicateWindow => TimeSpan.FromSeconds(30);

    private static string Token(string text) => text.Length <= LongestToken && !text.AsSpan().ContainsAnyExcept(Allowed)
        ? text.Replace(':', '/')
        : $"={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
}
