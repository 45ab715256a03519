namespace Jobs.Brokers.Conformance.Faults;

/// <summary>What a <see cref="FaultyBroker"/> is to do wrong. Safe for concurrent use.</summary>
/// <remarks>Each kind of call has a queue of faults of its own: every message, settlement, renewal or receive takes the next one, if there is one.</remarks>
public sealed class BrokerFaults
{
    private readonly FaultQueue<SendFault> _sends = new();
    private readonly FaultQueue<SettleFault> _settles = new();
    private readonly FaultQueue<SettleFault> _renewals = new();
    private readonly FaultQueue<Exception> _receives = new();

    /// <summary>Makes the next messages sent end otherwise than they should.</summary>
    /// <param name="count">How many messages.</param>
    /// <param name="told">What the caller is told.</param>
    /// <param name="isCarriedOut">True sends the message all the same: only the answer is wrong.</param>
    public void FailSends(int count, SendStatus told, bool isCarriedOut = false) => _sends.Add(count, new SendFault(told, isCarriedOut));

    /// <summary>Makes the next settlements end otherwise than they should.</summary>
    /// <param name="count">How many settlements.</param>
    /// <param name="told">What the caller is told.</param>
    /// <param name="isCarriedOut">True settles all the same: only the answer is wrong.</param>
    public void FailSettlements(int count, SettleResult told = SettleResult.Unknown, bool isCarriedOut = false) =>
        _settles.Add(count, new SettleFault(told, isCarriedOut));

    /// <summary>Makes the next renewals end otherwise than they should.</summary>
    /// <param name="count">How many deliveries.</param>
    /// <param name="told">What the caller is told.</param>
    /// <param name="isCarriedOut">True renews all the same: only the answer is wrong.</param>
    public void FailRenewals(int count, SettleResult told = SettleResult.Unknown, bool isCarriedOut = false) =>
        _renewals.Add(count, new SettleFault(told, isCarriedOut));

    /// <summary>Makes the next receives throw instead of receiving.</summary>
    public void FailReceives(int count, Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        _receives.Add(count, error);
    }

    internal bool HasSends => _sends.HasAny;

    internal bool HasSettlements => _settles.HasAny;

    internal bool HasRenewals => _renewals.HasAny;

    internal bool NextSend(out SendFault fault) => _sends.TryTake(out fault);

    internal bool NextSettlement(out SettleFault fault) => _settles.TryTake(out fault);

    internal bool NextRenewal(out SettleFault fault) => _renewals.TryTake(out fault);

    internal Exception? NextReceive() => _receives.TryTake(out var error) ? error : null;
}
