using Jobs.Messages;

namespace Jobs.Brokers;

/// <summary>How one delivery ends.</summary>
/// <remarks>What only failures and deferrals need is an object beside it, so that completing copies little.</remarks>
public readonly record struct Settlement
{
    private readonly Detail? _detail;

    /// <summary>The delivery.</summary>
    public required JobDelivery Delivery
    {
        get;
        init
        {
            field = value;
            Generation = value?.Generation ?? 0;
        }
    }

    /// <summary>The <see cref="JobDelivery.Generation"/> of the delivery when the settlement was made: another one means that it was settled before.</summary>
    public int Generation { get; internal init; }

    /// <summary>How it ends.</summary>
    public required SettleKind Kind { get; init; }

    /// <summary>For retry and defer: when the job runs again. Null: now.</summary>
    public DateTimeOffset? Due
    {
        get => _detail?.Due;
        init => _detail = (_detail ?? Detail.None) with { Due = value };
    }

    /// <summary>For retry and dead-letter: the failure to record.</summary>
    public JobFailure? Failure
    {
        get => _detail?.Failure;
        init => _detail = (_detail ?? Detail.None) with { Failure = value };
    }

    /// <summary>For dead-letter: why, for the machine (<see cref="DeadLetterReason"/>).</summary>
    public string? Reason
    {
        get => _detail?.Reason;
        init => _detail = (_detail ?? Detail.None) with { Reason = value };
    }

    /// <summary>For dead-letter: why, for a person.</summary>
    public string? Error
    {
        get => _detail?.Error;
        init => _detail = (_detail ?? Detail.None) with { Error = value };
    }

    /// <summary>For defer: set when this worker does not know the job, to the time it was first met.</summary>
    public DateTimeOffset? UnknownSince
    {
        get => _detail?.UnknownSince;
        init => _detail = (_detail ?? Detail.None) with { UnknownSince = value };
    }

    /// <summary>For complete: messages that must be durable before the acknowledgement. Their ids are derived, so that a second try duplicates nothing.</summary>
    public IReadOnlyList<JobMessage>? Then { get; init; }

    /// <summary>The state of the copy that replaces the message, or of its dead letter.</summary>
    /// <exception cref="InvalidOperationException">The delivery is completed, or has no message.</exception>
    public MessageState NextState()
    {
        var state = Delivery.Message?.State ?? throw new InvalidOperationException("A delivery without a message has no state.");
        var deliveries = Delivery.Deliveries;
        return Kind switch
        {
            SettleKind.Retry when Failure is not null => state.AfterRetry(Failure, Due, deliveries),
            SettleKind.Defer => state.AfterDefer(Due, deliveries) with { UnknownSince = UnknownSince },
            SettleKind.Release => state.AfterRelease(deliveries),
            SettleKind.DeadLetter => state.AfterDeath(Failure, deliveries),
            _ => throw new InvalidOperationException($"A settlement of kind {Kind} {(Failure is null ? "without a failure " : "")}has no next state."),
        };
    }

    private sealed record Detail
    {
        public static Detail None { get; } = new();

        public DateTimeOffset? Due { get; init; }

        public JobFailure? Failure { get; init; }

        public string? Reason { get; init; }

        public string? Error { get; init; }

        public DateTimeOffset? UnknownSince { get; init; }
    }
}
