using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Jobs.Brokers.Nats.JetStream;

namespace Jobs.Brokers.Nats.Stores;

/// <summary>The stream and the subjects of a store.</summary>
/// <remarks>
/// <para>Entries are a key-value bucket, so that the program <c>nats kv</c> shows them. Keys of jobs stay readable there; what a subject cannot hold is
/// hashed: <c>={hash}</c>.</para>
/// <para>The class of a key is what stands before its first <c>:</c>, and has a token of its own, so that readers can filter: <c>job:7:x</c> is
/// <c>e.job.7/x</c>, and <c>job</c> is <c>e.job</c>.</para>
/// </remarks>
internal sealed class StoreNames(string @namespace)
{
    /// <summary>The classes of all keys.</summary>
    public const string AllClasses = ">";

    private const int LongestToken = 128;
    private const int LongestClass = 32;

    private static readonly SearchValues<char> InToken = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    private static readonly SearchValues<char> InRest = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_:");
    private static readonly SearchValues<char> InTag = SearchValues.Create(PrintableAscii.Without(""));

    private readonly string _entries = $"$KV.{@namespace}-store.e.";

    public string Namespace => @namespace;

    /// <summary>The bucket of entries and permits.</summary>
    public string Bucket { get; } = $"{@namespace}-store";

    /// <summary>The stream that the bucket is.</summary>
    public string Stream { get; } = $"KV_{@namespace}-store";

    /// <summary>Written to tell the time by.</summary>
    public string ClockSubject => $"$KV.{Bucket}.clock";

    /// <summary>Who swept last, and when.</summary>
    public string SweepSubject => $"$KV.{Bucket}.sweep";

    /// <summary>Where the servers tell that the bucket has a new leader, so that a change may have been lost on its way.</summary>
    public string ElectedSubject => $"$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.{Stream}";

    /// <summary>The longest subject of an entry.</summary>
    public int LongestEntrySubject => _entries.Length + LongestClass + 1 + LongestToken;

    public string EntrySubject(string key)
    {
        Span<byte> subject = stackalloc byte[LongestEntrySubject];
        return Encoding.ASCII.GetString(subject[..WriteEntrySubject(key, subject)]);
    }

    /// <summary>Writes the subject of an entry; its length.</summary>
    public int WriteEntrySubject(string key, Span<byte> destination)
    {
        var length = Encoding.ASCII.GetBytes(_entries, destination);
        var isClassed = TryGetClass(key, out var classLength);
        if (isClassed)
        {
            length += Encoding.ASCII.GetBytes(key.AsSpan(0, classLength), destination[length..]);
            destination[length++] = (byte)'.';
        }

        var rest = key.AsSpan(isClassed ? classLength + 1 : 0);
        var token = destination[length..];
        if (!IsToken(rest, isClassed ? InRest : InToken))
        {
            return length + Encoding.ASCII.GetBytes(Hash(rest.ToString()), token);
        }

        token[..Encoding.ASCII.GetBytes(rest, token)].Replace((byte)':', (byte)'/');
        return length + rest.Length;
    }

    /// <summary>The entries of some classes, as <see cref="ClassesOf"/> names them.</summary>
    public string EntrySubjects(string classes) => $"{_entries}{classes}";

    public string PermitSubject(string key) => $"$KV.{Bucket}.p.{Token(key, InRest).Replace(':', '/')}";

    /// <summary>Which classes stand in an index.</summary>
    public string ClassesSubject(string index) => $"$KV.{Bucket}.x.{Token(index, InRest).Replace(':', '/')}";

    /// <summary>True if two keys are of one class.</summary>
    public static bool AreOfOneClass(string key, string other) => TryGetClass(key, out var length)
        ? TryGetClass(other, out var otherLength) && key.AsSpan(0, length).SequenceEqual(other.AsSpan(0, otherLength))
        : !TryGetClass(other, out _);

    /// <summary>The end of the subjects of all entries of a key's class.</summary>
    public static string ClassesOf(string key) => TryGetClass(key, out var length) ? $"{key.AsSpan(0, length)}.*" : "*";

    /// <summary>How an index is named in a header: by its name, if a header can hold that.</summary>
    public static string TagOf(string index) =>
        index.Length <= LongestToken && index[0] != '=' && !index.AsSpan().ContainsAnyExcept(InTag) ? index : Hash(index);

    /// <summary>True if <see cref="KeyOf"/> tells a key.</summary>
    public static bool IsTold(string key) => TryGetClass(key, out var length)
        ? IsToken(key.AsSpan(length + 1), InRest)
        : IsToken(key, InToken);

    /// <summary>The key of an entry, or null if its subject does not tell.</summary>
    public string? KeyOf(string subject)
    {
        var name = subject.AsSpan(_entries.Length);
        var dot = name.IndexOf('.');
        return name[dot + 1] == '=' ? null : dot < 0 ? name.ToString() : $"{name[..dot]}:{name[(dot + 1)..].ToString().Replace('/', ':')}";
    }

    /// <summary>What the stream has to be like.</summary>
    /// <param name="replicas">How many servers keep it.</param>
    /// <param name="allowsTtl">True if it shall let go of what says when: servers from 2.11 on.</param>
    public StreamConfig StreamConfig(int replicas, bool allowsTtl = false) => new()
    {
        Name = Stream,
        Subjects = [$"$KV.{Bucket}.>"],
        DiscardsNew = true,
        MaxMessagesPerSubject = 1,
        Replicas = replicas,
        DuplicateWindow = DuplicateWindow,
        AllowsDirect = true,
        AllowsRollup = true,
        AllowsMessageTtl = allowsTtl,
    };

    // Longer than two writers of the same revision are under way together; each write costs the server about 200 bytes for so long.
    private static TimeSpan DuplicateWindow => TimeSpan.FromSeconds(30);

    private static bool TryGetClass(string key, out int length)
    {
        length = key.IndexOf(':', StringComparison.Ordinal);
        return length is > 0 and <= LongestClass && !key.AsSpan(0, length).ContainsAnyExcept(InToken);
    }

    private static string Token(string text, SearchValues<char> allowed) =>
        IsToken(text, allowed) ? text : Hash(text);

    private static bool IsToken(ReadOnlySpan<char> text, SearchValues<char> allowed) => text.Length is > 0 and <= LongestToken && !text.ContainsAnyExcept(allowed);

    private static string Hash(string text) => $"={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
}
