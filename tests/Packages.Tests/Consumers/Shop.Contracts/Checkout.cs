namespace Shop.Contracts;

/// <summary>Enqueues; knows nothing of who runs.</summary>
public sealed class Checkout(PackingJobsClient packing)
{
    public async Task CompleteAsync(int order) => await packing.Pack(order);
}
