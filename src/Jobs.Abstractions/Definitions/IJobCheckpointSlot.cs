namespace Jobs.Definitions;

/// <summary>What the runtime keeps for the <see cref="JobCheckpoint{T}"/> of a run.</summary>
public interface IJobCheckpointSlot
{
    /// <summary>What was saved last, as JSON; null if there is nothing.</summary>
    ReadOnlyMemory<byte>? Saved { get; }

    /// <inheritdoc cref="JobCheckpoint{T}.SaveAsync"/>
    ValueTask SaveAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken);

    /// <summary>Called when what was saved cannot be read: it counts as absent from then on.</summary>
    void Drop(JobPayloadException error);
}
