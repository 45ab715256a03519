using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Jobs.Definitions;
using Jobs.Serialization;

namespace Jobs.Messages;

/// <summary>A message that holds its args as a value, not yet encoded. Pooled.</summary>
public sealed class JobMessage<TArgs> : JobMessage
{
    private JobDefinition<TArgs>? _definition;
    private TArgs _args = default!;

    private JobMessage()
    {
    }

    /// <summary>The definition of the job.</summary>
    public JobDefinition<TArgs> Definition => _definition ?? throw new ObjectDisposedException(nameof(JobMessage));

    /// <summary>The args.</summary>
    internal TArgs Args => _definition is null ? throw new ObjectDisposedException(nameof(JobMessage)) : _args;

    internal override JobDefinition? KnownDefinition => _definition;

    internal override bool HoldsImmutableArgs => Definition.HasImmutableArgs;

    internal override string? MakeKey() => Definition.KeyOf(in _args);

    /// <summary>Takes a message from the pool.</summary>
    internal static JobMessage<TArgs> Rent(JobDefinition<TArgs> definition, in TArgs args)
    {
        var message = MessagePool<JobMessage<TArgs>>.TryRent() ?? new JobMessage<TArgs>();
        message.ResetEnvelope();
        message._definition = definition;
        message._args = args;
        message.Name = definition.Name;
        message.Version = definition.Version;
        return message;
    }

    internal static JobMessage<TArgs> Copy(JobMessage message, JobDefinition<TArgs> definition, in TArgs args)
    {
        var copy = Rent(definition, in args);
        copy.CopyEnvelopeFrom(message);
        return copy;
    }

    /// <inheritdoc/>
    public override void WriteTo(IBufferWriter<byte> output) => JobDocument.Write(this, output);

    /// <inheritdoc/>
    public override JobMessage WithState(MessageState state)
    {
        var copy = Copy(this, Definition, in _args);
        copy.State = state;
        return copy;
    }

    /// <inheritdoc/>
    public override void Release()
    {
        if (_definition is null)
        {
            return;
        }

        _definition = null;
        if (RuntimeHelpers.IsReferenceOrContainsReferences<TArgs>())
        {
            _args = default!;
        }

        DropReferences();
        MessagePool<JobMessage<TArgs>>.Return(this);
    }

    internal override ReadOnlySpan<byte> GetData(string jobName) =>
        throw new JobPayloadException($"it is {typeof(TArgs)} of job '{Name}', not of '{jobName}'.", jobName);

    internal override void WriteData(Utf8JsonWriter writer) => JobJson.WritePayload(Definition, writer, in _args);
}
