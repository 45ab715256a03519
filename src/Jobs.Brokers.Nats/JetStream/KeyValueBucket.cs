using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.JetStream;

/// <summary>A key-value bucket: the last message of each subject of a stream. Safe for concurrent use.</summary>
/// <remarks>
/// <para>Reads are answered by the stream's leader, so a write is seen by all reads after it.</para>
/// <para>Every write names itself, so that a conditional one whose answer was lost is not taken for someone else's.</para>
/// <para>https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-8.md</para>
/// </remarks>
internal sealed class KeyValueBucket(JetStreamClient jetStream, string name)
{
    private static readonly TimeSpan LongestDuplicateWindow = TimeSpan.FromMinutes(2);
    private static readonly SearchValues<char> InKey = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_/=.");

    /// <summary>The stream that it is.</summary>
    public string Stream { get; } = JetStreamNames.Checked($"KV_{name}");

    /// <summary>The settings of a bucket's stream.</summary>
    /// <param name="replicas">How many servers keep it.</param>
    /// <param name="maxAge">How long values are kept; zero: for ever.</param>
    /// <param name="allowTtl">True if a value may say how long it is kept: servers from 2.11 on.</param>
    public StreamConfig Config(int replicas, TimeSpan maxAge = default, bool allowTtl = false) => new()
    {
        Name = Stream,
        Subjects = [$"$KV.{name}.>"],
        DiscardsNew = true,
        MaxMessagesPerSubject = 1,
        MaxAge = maxAge,
        MayAge = true,
        Replicas = replicas,
        DuplicateWindow = maxAge > TimeSpan.Zero && maxAge < LongestDuplicateWindow ? maxAge : LongestDuplicateWindow,
        AllowsDirect = true,
        AllowsRollup = true,
        DeniesDelete = true,
        AllowsMessageTtl = allowTtl,
    };

    /// <summary>A value, or null.</summary>
    public async ValueTask<KeyValueEntry?> GetAsync(string key, CancellationToken cancellationToken) =>
        await jetStream.GetLastMessageAsync(Stream, Subject(key), cancellationToken).ConfigureAwait(false) is { } message && !IsMarker(message)
            ? new KeyValueEntry(message.Data, message.Sequence, message.Time)
            : null;

    /// <summary>Writes a value, whatever there was.</summary>
    /// <returns>Its revision.</returns>
    public async ValueTask<ulong> PutAsync(string key, ReadOnlyMemory<byte> value, TimeSpan? ttl, CancellationToken cancellationToken) =>
        (await WriteAsync(key, value, null, ttl, isDelete: false, cancellationToken).ConfigureAwait(false))!.Value;

    /// <summary>Writes a value if there is none.</summary>
    /// <returns>Its revision, or null if there is one.</returns>
    public async ValueTask<ulong?> CreateAsync(string key, ReadOnlyMemory<byte> value, TimeSpan? ttl, CancellationToken cancellationToken)
    {
        for (var expected = 0UL; ;)
        {
            if (await WriteAsync(key, value, expected, ttl, isDelete: false, cancellationToken).ConfigureAwait(false) is { } revision)
            {
                return revision;
            }

            // What was deleted leaves a mark, and has to be replaced as that.
            var last = await jetStream.GetLastMessageAsync(Stream, Subject(key), cancellationToken).ConfigureAwait(false);
            if (last is not null && !IsMarker(last))
            {
                return null;
            }

            expected = last?.Sequence ?? 0;
        }
    }

    /// <summary>Replaces a value if it is still the one of that revision.</summary>
    /// <returns>The new revision, or null if it is not.</returns>
    public ValueTask<ulong?> UpdateAsync(string key, ReadOnlyMemory<byte> value, ulong revision, TimeSpan? ttl, CancellationToken cancellationToken) =>
        WriteAsync(key, value, revision, ttl, isDelete: false, cancellationToken);

    /// <summary>Removes a value; a mark stays in its place, until <c>max_age</c>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="revision">Only if it is still the one of that revision; null: whatever there is.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>False if it is another one.</returns>
    public async ValueTask<bool> DeleteAsync(string key, ulong? revision, CancellationToken cancellationToken) =>
        await WriteAsync(key, default, revision, null, isDelete: true, cancellationToken).ConfigureAwait(false) is not null;

    private async ValueTask<ulong?> WriteAsync(string key, ReadOnlyMemory<byte> value, ulong? expected, TimeSpan? ttl, bool isDelete, CancellationToken cancellationToken)
    {
        var subject = Subject(key);
        var id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var headers = new NatsHeaderBlock().Add("Nats-Msg-Id"u8, id);
        if (isDelete)
        {
            headers.Add("KV-Operation"u8, "DEL"u8);
        }

        if (expected is { } sequence)
        {
            headers.Add("Nats-Expected-Last-Subject-Sequence"u8, sequence.ToString(CultureInfo.InvariantCulture));
        }

        if (ttl is { } keep)
        {
            headers.Add("Nats-TTL"u8, TtlOf(keep));
        }

        var (ack, isRepeated) = await jetStream.PublishAsync(subject, headers.Bytes.ToArray(), value, cancellationToken).ConfigureAwait(false);
        return ack.ErrorKind switch
        {
            JetStreamErrorKind.None => ack.Sequence,
            JetStreamErrorKind.WrongLastSequence => isRepeated ? await FindOwnAsync(subject, id, cancellationToken).ConfigureAwait(false) : null,
            _ => throw new JetStreamException(ack.ErrorKind, ack.Code, ack.ErrorCode, $"JetStream refused to write key '{key}' of bucket '{name}': {ack.ErrorKind} (error {ack.ErrorCode})."),
        };
    }

    // The answer to an earlier try was lost: what is there now may be what that one wrote.
    private async ValueTask<ulong?> FindOwnAsync(string subject, string id, CancellationToken cancellationToken) =>
        await jetStream.GetLastMessageAsync(Stream, subject, cancellationToken).ConfigureAwait(false) is { } last
            && last.Headers.TryGet("Nats-Msg-Id"u8, out var written) && System.Text.Ascii.Equals(written, id)
            ? last.Sequence
            : null;

    // Servers before 2.11 keep such a value for ever, without a word.
    private string TtlOf(TimeSpan keep)
    {
        if (jetStream.Server is { ApiLevel: < 1 } server)
        {
            throw new JobConfigurationException($"A value of bucket '{name}' shall be kept for {keep}, but NATS {server.Version} cannot do that for single values: use 2.11 or later, or one duration for the whole bucket.");
        }

        return $"{Math.Max(1, (long)Math.Ceiling(keep.TotalSeconds))}s";
    }

    private string Subject(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return !key.AsSpan().ContainsAnyExcept(InKey) && key[0] != '.' && key[^1] != '.'
            ? $"$KV.{name}.{key}"
            : throw new ArgumentException($"'{key}' cannot be a key of a key-value bucket: keys are letters, digits and - _ / = . inside.", nameof(key));
    }

    private static bool IsMarker(StoredMessage message) =>
        message.Headers.TryGet("KV-Operation"u8, out _) || message.Headers.TryGet("Nats-Marker-Reason"u8, out _);
}
