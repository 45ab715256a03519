namespace Jobs.Transport;

/// <summary>The protocol that a <see cref="Connection{T}"/> carries.</summary>
/// <typeparam name="T">What is sent.</typeparam>
internal interface IConnectionHandler<in T>
{
    /// <summary>True while the peer owes an answer.</summary>
    bool IsOwed { get; }

    /// <summary>True while more is likely to be sent soon: then the writing thread sends it all together. Else a sender's own thread writes.</summary>
    bool IsBusy => IsOwed;

    /// <summary>Encodes an item. Called in the order on the wire, by one thread at a time.</summary>
    /// <returns>False if nobody wants it sent any more.</returns>
    bool TryWrite(T item, SendBuffer buffer);

    /// <summary>Takes what can be understood of what has come; called by the thread that reads.</summary>
    /// <returns>How many bytes it took. The rest is offered again, with more.</returns>
    int Received(SharedBuffer buffer, int start, int length);

    /// <summary>Nothing has come for a while: send something that the peer must answer.</summary>
    void KeepAlive();

    /// <summary>The connection has ended; the last call.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="handedOver">How many items were handed to the network.</param>
    /// <param name="waiting">Items that were never written.</param>
    void Closed(Exception cause, long handedOver, IReadOnlyCollection<T> waiting);
}
