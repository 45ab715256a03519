using Jobs;

namespace Orders;

public static class OrderJobs
{
    private static readonly TaskCompletionSource Done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static Task Confirmed => Done.Task;

    [Job("orders.confirm")]
    public static ValueTask Confirm(int number)
    {
        if (number == 7)
        {
            Done.TrySetResult();
        }

        return default;
    }
}
