using System.Text.Json;
using Jobs.Messages;
using Jobs.Serialization;

namespace Jobs.Definitions;

/// <summary>The definition of a job with arguments of one type.</summary>
public abstract class JobDefinition<TArgs> : JobDefinition
{
    /// <summary>Makes a definition.</summary>
    protected JobDefinition(string name)
        : base(name, typeof(TArgs))
    {
    }

    /// <summary>Writes the args as one JSON object, as System.Text.Json would with camel-case names.</summary>
    /// <exception cref="JobPayloadException">A value cannot be written (a null that may not be, NaN, too deep).</exception>
    public abstract void Write(Utf8JsonWriter writer, in TArgs args);

    /// <summary>Reads the args. The reader stands on the first token of the value, and on its last when this returns.</summary>
    /// <exception cref="JobPayloadException">The payload is not what the job takes.</exception>
    /// <exception cref="JsonException">The payload is not JSON.</exception>
    /// <remarks>May also throw what <see cref="Utf8JsonReader"/> throws; <see cref="JobMessage.ReadArgs{TArgs}"/> wraps it.</remarks>
    public abstract TArgs Read(ref Utf8JsonReader reader);

    /// <summary>Reads args that were written as an older version, and turns them into the current one.</summary>
    /// <param name="reader">Stands on the first token of the value, and on its last when this returns.</param>
    /// <param name="version">The version, other than <see cref="JobDefinition.Version"/>.</param>
    /// <exception cref="JobPayloadException">The payload is not what that version takes, or the version is none that can be read.</exception>
    public virtual TArgs ReadOlder(ref Utf8JsonReader reader, int version) => throw new JobPayloadException(
        OldestVersion == Version ? $"it is of version {version}, not {Version}." : $"it is of version {version}, not {OldestVersion} to {Version}.");

    /// <summary>The unique key of a job with these args: what <see cref="JobDefinition.KeyTemplate"/> makes of them, or null.</summary>
    /// <exception cref="Exception">What a property of the args throws.</exception>
    public virtual string? KeyOf(in TArgs args) => null;

    /// <summary>The concurrency key of a job with these args: what <see cref="JobDefinition.ConcurrencyTemplate"/> makes of them, or null.</summary>
    /// <exception cref="Exception">What a property of the args throws.</exception>
    public virtual string? ConcurrencyKeyOf(in TArgs args) => null;

    /// <summary>The idempotency key of a job with these args: what <see cref="JobDefinition.IdempotencyTemplate"/> makes of them, or null.</summary>
    /// <exception cref="Exception">What a property of the args throws.</exception>
    public virtual string? IdempotencyKeyOf(in TArgs args) => null;

    /// <inheritdoc/>
    public sealed override string? GetConcurrencyKey(JobMessage message) => ConcurrencyTemplate is null ? null : ConcurrencyKeyOf(message.ReadArgs(this));

    /// <inheritdoc/>
    public sealed override string? GetIdempotencyKey(JobMessage message) => IdempotencyTemplate is null ? null : IdempotencyKeyOf(message.ReadArgs(this));

    internal sealed override JobMessage Create(ReadOnlySpan<byte> args) => JobMessage<TArgs>.Rent(this, JobJson.ReadPayload(this, args));

    /// <inheritdoc/>
    public sealed override JobMessage Decode(JobMessage message) =>
        message is JobMessage<TArgs> ? message : JobMessage<TArgs>.Copy(message, this, message.ReadArgs(this));
}
