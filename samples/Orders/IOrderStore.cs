namespace Orders;

/// <summary>Where orders are kept. Jobs are given an id, and find the order as it is when they run.</summary>
public interface IOrderStore
{
    ValueTask<Order?> FindAsync(Guid id, CancellationToken cancellationToken);
}
