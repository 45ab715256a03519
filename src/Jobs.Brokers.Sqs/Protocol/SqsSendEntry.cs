namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>A message to be sent.</summary>
/// <param name="Body">UTF-8 text of at least one character, all of them legal in XML 1.0.</param>
internal readonly record struct SqsSendEntry(ReadOnlyMemory<byte> Body)
{
    /// <summary>The attribute <see cref="SqsLimits.StateAttribute"/>: UTF-8 text; empty for none.</summary>
    public ReadOnlyMemory<byte> State { get; init; }

    /// <summary>Further attributes; <see cref="SqsLimits.MaxAttributes"/> with the state.</summary>
    public ReadOnlyMemory<SqsAttribute> Attributes { get; init; }

    /// <summary>0 to 900. Null: what the queue says, the only choice on FIFO queues.</summary>
    public int? DelaySeconds { get; init; }

    /// <summary>Required on FIFO queues, where it orders; on standard ones the tenant of fair queues. Null for none.</summary>
    public string? GroupId { get; init; }

    /// <summary>FIFO queues only: what another message within 5 minutes must have to be dropped. Null for none.</summary>
    public string? DeduplicationId { get; init; }

    /// <summary>What it counts towards <see cref="SqsLimits.MaxBytes"/>.</summary>
    public int Size
    {
        get
        {
            var size = Body.Length + (State.IsEmpty ? 0 : SqsAttribute.SizeOf(SqsLimits.StateAttribute, State));
            foreach (var attribute in Attributes.Span)
            {
                size += SqsAttribute.SizeOf(attribute.Name, attribute.Value);
            }

            return size;
        }
    }
}
