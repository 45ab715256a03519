using Jobs.Messages;
using Jobs.Stores;

namespace Jobs.Brokers;

/// <summary>A sender that takes a message only if a store write beside it holds: one step does both, or neither.</summary>
/// <remarks>Found by <c>is</c>. A sender that wraps another one claims it only if it hands the writes on.</remarks>
public interface IConditionalSender : IJobSender
{
    /// <summary>Whether it can write to a store: it lives where the messages do.</summary>
    /// <param name="store">The store; one that is wrapped is not recognised.</param>
    /// <returns>False also as long as that is not known. Cheap, and no promise: ask before each send.</returns>
    bool CanWriteTo(IJobStore store);

    /// <summary>Sends each message if its write holds, and writes. Whatever refuses a message, nothing is written for it.</summary>
    /// <remarks>As <see cref="IJobSender"/> promises, and: 1. The condition is asked first: a message whose write does not hold is
    /// <see cref="SendStatus.Conflict"/>, be the queue full or not. 2. Of messages with one key in one call, each finds what those before it wrote.
    /// 3. Of a message that is <see cref="SendStatus.Unknown"/> either both happened or neither.</remarks>
    /// <param name="messages">The messages.</param>
    /// <param name="writes">A write for each, to the store that <see cref="CanWriteTo"/> was asked about.</param>
    /// <param name="results">As many places: what became of each message.</param>
    /// <param name="written">As many places: what became of each write. Written if the message is <see cref="SendStatus.Accepted"/>, and only then.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">A key, value or expiry is out of range: nothing was sent.</exception>
    ValueTask SendAsync(
        ReadOnlyMemory<JobMessage> messages,
        ReadOnlyMemory<StoreWrite> writes,
        Memory<SendResult> results,
        Memory<StoreWriteResult> written,
        CancellationToken cancellationToken);
}
