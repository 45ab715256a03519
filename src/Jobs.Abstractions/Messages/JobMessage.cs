using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Jobs.Definitions;
using Jobs.Serialization;

namespace Jobs.Messages;

/// <summary>One enqueued job: an immutable document, and a small state beside it.</summary>
/// <remarks>
/// <para>1. The document is a CloudEvents 1.0 event in JSON structured mode (CloudEvents JSON format 1.0); it is encoded when
/// <see cref="WriteTo"/> is called, and never changes.</para>
/// <para>2. The state (<see cref="State"/>) is replaced, never changed, when a new copy of the message is made.</para>
/// <para>3. Whoever holds the message releases it: the sender passes it on when the broker accepts it, and the broker calls
/// <see cref="Release"/> once nothing needs it. A message that failed is not released but left to the collector.</para>
/// <para>4. Not for concurrent use.</para>
/// </remarks>
public abstract class JobMessage
{
    private protected JobMessage()
    {
    }

    internal const string DefaultQueue = "default";

    /// <summary>The media type of the document.</summary>
    public const string ContentType = "application/cloudevents+json";

    /// <summary>The job's id.</summary>
    public JobId Id { get; internal set; }

    /// <summary>The job's name.</summary>
    public string Name { get; internal set; } = "";

    /// <summary>The version of the arguments.</summary>
    public int Version { get; internal set; } = 1;

    /// <summary>The queue that it was enqueued to.</summary>
    public string Queue { get; internal set; } = DefaultQueue;

    /// <summary>Where it was enqueued: <c>/{namespace}</c>.</summary>
    public string Source { get; internal set; } = "/";

    /// <summary>When it was enqueued; <c>default</c> if the producer did not say.</summary>
    public DateTimeOffset EnqueuedAt { get; internal set; }

    /// <summary>The time before which its first copy does not run, or null.</summary>
    public DateTimeOffset? Due { get; internal set; }

    /// <summary>What else the document says.</summary>
    public MessageAttributes Attributes { get; internal set; } = MessageAttributes.None;

    /// <summary>Which copy this is, and what has happened to the job so far.</summary>
    public MessageState State { get; internal set; } = MessageState.Initial;

    /// <summary>True if another message may carry the same id (the caller or a parent chose it), so that a broker must deduplicate.</summary>
    public bool MayRepeat { get; internal set; }

    /// <summary>True if it was sent from a handler: no queue limit may refuse it, or the handler could wait for itself.</summary>
    public bool IgnoresLimit { get; internal set; }

    /// <summary>The time before which this copy does not run, or null: the state's, or for copy 0 the document's.</summary>
    public DateTimeOffset? EffectiveDue => State.Copy == 0 ? State.Due ?? Due : State.Due;

    /// <summary>The id by which a broker recognises a second sending of this copy: <c>{job}</c> for copy 0, else <c>{job}:{copy}</c>.</summary>
    public string DedupeId => State.Copy == 0 ? Id.ToString() : $"{Id}:{State.Copy}";

    /// <summary>The definition, of a message that holds its args as a value; else null.</summary>
    internal virtual JobDefinition? KnownDefinition => null;

    /// <summary>True if the message holds args that nothing can change: a broker in this process may keep it instead of its bytes.</summary>
    internal virtual bool HoldsImmutableArgs => false;

    /// <summary>The unique key that the job's template makes of the args, or null.</summary>
    internal virtual string? MakeKey() => null;

    /// <summary>Makes a message of bytes received.</summary>
    /// <param name="document">The document; referenced, not copied, so it must live as long as the message.</param>
    /// <param name="state">The state; empty means attempt 1. Copied.</param>
    /// <param name="message">The message.</param>
    /// <param name="error">What is wrong with the bytes.</param>
    /// <remarks>Reads the envelope only; the payload is read, and may be found wrong, when the job runs.</remarks>
    public static bool TryFromBytes(
        ReadOnlyMemory<byte> document,
        ReadOnlySpan<byte> state,
        [NotNullWhen(true)] out JobMessage? message,
        [NotNullWhen(false)] out string? error) => JobDocument.TryRead(document, state, out message, out error);

    /// <summary>Makes a message of bytes received.</summary>
    /// <exception cref="JobPayloadException">The bytes are not a job document.</exception>
    public static JobMessage FromBytes(ReadOnlyMemory<byte> document, ReadOnlySpan<byte> state = default) =>
        TryFromBytes(document, state, out var message, out var error) ? message : throw new JobPayloadException(error);

    /// <summary>Writes the document.</summary>
    /// <exception cref="JobPayloadException">The args cannot be written.</exception>
    public abstract void WriteTo(IBufferWriter<byte> output);

    /// <summary>Writes the state as JSON, in ASCII. Writes nothing for <see cref="MessageState.Initial"/>.</summary>
    public void WriteStateTo(IBufferWriter<byte> output) => State.WriteTo(output);

    /// <summary>The same job in another copy, holding bytes of its own.</summary>
    public abstract JobMessage WithState(MessageState state);

    /// <summary>Reads the args.</summary>
    /// <exception cref="JobPayloadException">The payload is not what the job takes.</exception>
    // Not virtual: a generic virtual call costs more than reading small args.
    public TArgs ReadArgs<TArgs>(JobDefinition<TArgs> definition) =>
        this is JobMessage<TArgs> typed ? typed.Args : JobJson.ReadPayload(definition, GetData(definition.Name), Version);

    /// <summary>Gives the message back to its pool. The caller must not touch it again.</summary>
    public virtual void Release()
    {
    }

    internal abstract void WriteData(Utf8JsonWriter writer);

    /// <summary>The payload's bytes, of a message that holds bytes.</summary>
    /// <exception cref="JobPayloadException">The message holds args of another job than the one that asks.</exception>
    internal abstract ReadOnlySpan<byte> GetData(string jobName);

    /// <summary>Clears everything, so that nothing of an earlier message shows up in the one that uses the object now.</summary>
    private protected void ResetEnvelope()
    {
        Id = default;
        Name = "";
        Version = 1;
        Queue = DefaultQueue;
        Source = "/";
        EnqueuedAt = default;
        Due = null;
        MayRepeat = false;
        IgnoresLimit = false;
        DropReferences();
    }

    /// <summary>Lets go of what only this message refers to. The rest is cleared by who uses the object next: the thread that ends a job
    /// need not take over the memory that the one that enqueues writes.</summary>
    private protected void DropReferences()
    {
        if (!ReferenceEquals(Attributes, MessageAttributes.None))
        {
            Attributes = MessageAttributes.None;
        }

        if (!ReferenceEquals(State, MessageState.Initial))
        {
            State = MessageState.Initial;
        }
    }

    /// <summary>Takes over all but name and version: those belong to the payload, which may have been read as an older one and is written as the present one.</summary>
    internal void CopyEnvelopeFrom(JobMessage other)
    {
        Id = other.Id;
        Queue = other.Queue;
        Source = other.Source;
        EnqueuedAt = other.EnqueuedAt;
        Due = other.Due;
        Attributes = other.Attributes;
        State = other.State;
        MayRepeat = other.MayRepeat;
    }
}
