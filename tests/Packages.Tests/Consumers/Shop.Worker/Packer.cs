using Jobs;
using Shop.Contracts;

namespace Shop.Worker;

[JobHandler]
public sealed class Packer : IPackingJobs
{
    private static readonly TaskCompletionSource<int> Done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static Task<int> Packed => Done.Task;

    public Task Pack(int order, CancellationToken cancellationToken = default)
    {
        Done.TrySetResult(order);
        return Task.CompletedTask;
    }
}
