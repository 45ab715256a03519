namespace Jobs.Brokers.Nats.Settling;

/// <summary>What a consumer has handed out, and waits for.</summary>
internal interface IAckTarget
{
    /// <summary>Tells consumers apart: 0 to <see cref="NatsNames.Levels"/> − 1.</summary>
    int Consumer { get; }

    /// <summary>Its number in the stream.</summary>
    ulong Sequence { get; }

    /// <summary>Where its acknowledgement goes.</summary>
    ReadOnlySpan<byte> AckSubject { get; }
}
