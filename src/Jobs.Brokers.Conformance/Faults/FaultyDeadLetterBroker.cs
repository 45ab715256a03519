namespace Jobs.Brokers.Conformance.Faults;

/// <summary>Faults before a broker with dead letters.</summary>
internal class FaultyDeadLetterBroker(IDeadLetterQueue letters, BrokerFaults faults, bool leaveOpen) : FaultyBroker(letters, faults, leaveOpen), IDeadLetterQueue
{
    public ValueTask<long> CountDeadLettersAsync(string queue, CancellationToken cancellationToken = default) =>
        letters.CountDeadLettersAsync(queue, cancellationToken);

    public ValueTask<DeadLetterPage> GetDeadLettersAsync(string queue, string? cursor, int take, CancellationToken cancellationToken = default) =>
        letters.GetDeadLettersAsync(queue, cursor, take, cancellationToken);

    public ValueTask<DeadLetter?> GetDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default) =>
        letters.GetDeadLetterAsync(queue, key, cancellationToken);

    public ValueTask<ReplayStatus> ReplayDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default) =>
        letters.ReplayDeadLetterAsync(queue, key, cancellationToken);

    public ValueTask<ReplaySummary> ReplayDeadLettersAsync(string queue, ReplayFilter filter, CancellationToken cancellationToken = default) =>
        letters.ReplayDeadLettersAsync(queue, filter, cancellationToken);

    public ValueTask<bool> DeleteDeadLetterAsync(string queue, string key, CancellationToken cancellationToken = default) =>
        letters.DeleteDeadLetterAsync(queue, key, cancellationToken);

    public ValueTask<long> PurgeDeadLettersAsync(string queue, DateTimeOffset diedBefore, CancellationToken cancellationToken = default) =>
        letters.PurgeDeadLettersAsync(queue, diedBefore, cancellationToken);
}
