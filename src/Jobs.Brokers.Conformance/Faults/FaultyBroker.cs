using Jobs.Messages;

namespace Jobs.Brokers.Conformance.Faults;

/// <summary>Passes everything to another broker, but fails as it is told to.</summary>
/// <remarks>It is an <see cref="IDeadLetterQueue"/> or <see cref="IQueueAdmin"/> if, and only if, the other broker is.</remarks>
public class FaultyBroker : IJobBroker
{
    private readonly List<IJobReceiver> _receivers = [];
    private readonly IJobBroker _inner;
    private readonly BrokerFaults _faults;
    private readonly bool _leaveOpen;

    private protected FaultyBroker(IJobBroker inner, BrokerFaults faults, bool leaveOpen)
    {
        _inner = inner;
        _faults = faults;
        _leaveOpen = leaveOpen;
    }

    /// <inheritdoc/>
    public string Name => _inner.Name;

    /// <inheritdoc/>
    public BrokerFeatures Features => _inner.Features;

    /// <inheritdoc/>
    public BrokerHealth Health => _inner.Health;

    /// <summary>Puts faults before a broker.</summary>
    /// <param name="inner">The broker behind.</param>
    /// <param name="faults">What goes wrong; may be added to at any time.</param>
    /// <param name="leaveOpen">True if disposing closes only the receivers that were opened here, as the end of one of several processes would.</param>
    public static FaultyBroker Over(IJobBroker inner, BrokerFaults faults, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(faults);
        return inner switch
        {
            IDeadLetterQueue and IQueueAdmin => new FaultyFullBroker(inner, faults, leaveOpen),
            IDeadLetterQueue letters => new FaultyDeadLetterBroker(letters, faults, leaveOpen),
            IQueueAdmin admin => new FaultyAdminBroker(admin, faults, leaveOpen),
            _ => new FaultyBroker(inner ?? throw new ArgumentNullException(nameof(inner)), faults, leaveOpen),
        };
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken)
    {
        if (!_faults.HasSends)
        {
            await _inner.SendAsync(messages, results, cancellationToken).ConfigureAwait(false);
            return;
        }

        for (var i = 0; i < messages.Length; i++)
        {
            if (!_faults.NextSend(out var fault))
            {
                await _inner.SendAsync(messages.Slice(i, 1), results.Slice(i, 1), cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (fault.IsCarriedOut)
            {
                // The caller keeps what it takes for lost, and may send it again.
                messages.Span[i].MayRepeat = true;
                var copy = messages.Span[i].WithState(messages.Span[i].State);
                await _inner.SendAsync(new[] { copy }, results.Slice(i, 1), cancellationToken).ConfigureAwait(false);
            }

            results.Span[i] = new SendResult(fault.Told, new IOException($"The test asked for a send to end as {fault.Told}."));
        }
    }

    /// <inheritdoc/>
    public ValueTask ProvisionAsync(BrokerTopology topology, ProvisionMode mode, CancellationToken cancellationToken) =>
        _inner.ProvisionAsync(topology, mode, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IJobReceiver> OpenReceiverAsync(string queue, ReceiverOptions options, CancellationToken cancellationToken)
    {
        var receiver = new FaultyReceiver(await _inner.OpenReceiverAsync(queue, options, cancellationToken).ConfigureAwait(false), _faults);
        lock (_receivers)
        {
            _receivers.Add(receiver);
        }

        return receiver;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        IJobReceiver[] receivers;
        lock (_receivers)
        {
            receivers = [.. _receivers];
            _receivers.Clear();
        }

        foreach (var receiver in receivers)
        {
            await receiver.DisposeAsync().ConfigureAwait(false);
        }

        if (!_leaveOpen)
        {
            await _inner.DisposeAsync().ConfigureAwait(false);
        }

        GC.SuppressFinalize(this);
    }
}
