namespace Jobs.Brokers;

/// <summary>Hands out the messages of one queue under leases, and ends them.</summary>
/// <remarks>
/// <para>1. A delivery is leased. While it is renewed it goes to nobody else; when its worker is gone it comes back within the lease plus a moment.</para>
/// <para>2. Complete removes the message for good. Retry, defer and release write a new copy (copy + 1) that is durable before
/// the old one is acknowledged; a crash between the two makes no second one. Dead-letter leaves one dead letter per job id.</para>
/// <para>3. <see cref="Settlement.Then"/> is durable before the acknowledgement.</para>
/// <para>4. A stale settlement or renewal never removes another job, never takes one back, and is a result, not an exception.</para>
/// <para>5. Bytes that cannot be decoded are delivered with <see cref="JobDelivery.DecodeError"/> set; the rest of the batch is unaffected.</para>
/// <para>6. Complete survives a lost connection: it is tried again past the lease (for at most 10 minutes), and a redelivery here of
/// what was completed is completed, not handed out.</para>
/// <para>7. Once settled, the delivery and its message belong to the adapter again, unless the result is
/// <see cref="SettleResult.Unknown"/>.</para>
/// <para><see cref="ReceiveAsync"/> has one caller at a time; all else is safe for concurrent use.</para>
/// </remarks>
public interface IJobReceiver : IAsyncDisposable
{
    /// <summary>Receives at least one delivery, at most as many as the buffer holds: the buffer is the credit.</summary>
    /// <param name="buffer">Filled from the start.</param>
    /// <param name="wait">True waits until there is something; false returns 0 if there is nothing.</param>
    /// <param name="cancellationToken">Ends the wait promptly; nothing already taken is lost: it is returned, or released.</param>
    /// <returns>How many; 0 also once <see cref="StopAsync"/> was called.</returns>
    /// <remarks>Survives reconnects: an outage looks like an empty queue. Never polls hot.</remarks>
    ValueTask<int> ReceiveAsync(Memory<JobDelivery> buffer, bool wait, CancellationToken cancellationToken);

    /// <summary>Ends deliveries. Batched, typed, idempotent; one result per settlement at its index.</summary>
    /// <param name="settlements">What to do with each.</param>
    /// <param name="results">At least as many places.</param>
    /// <param name="cancellationToken">Ends the wait; settlements without an answer are <see cref="SettleResult.Unknown"/>.</param>
    ValueTask SettleAsync(ReadOnlyMemory<Settlement> settlements, Memory<SettleResult> results, CancellationToken cancellationToken);

    /// <summary>Renews the leases of deliveries in hand. Synchronous, and needs no thread of the pool: it works while the pool is starved.</summary>
    /// <remarks>A missing answer is <see cref="SettleResult.Unknown"/>, never <see cref="SettleResult.LeaseLost"/>, until the lease has passed.
    /// What was renewed has a new <see cref="JobDelivery.LeaseUntil"/>.</remarks>
    void Renew(ReadOnlySpan<JobDelivery> deliveries, Span<SettleResult> results);

    /// <summary>Ends receiving: no new deliveries, what was prefetched is released, a waiting receive returns 0. Settling goes on.</summary>
    ValueTask StopAsync(CancellationToken cancellationToken);
}
