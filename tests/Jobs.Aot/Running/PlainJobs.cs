namespace Jobs.Aot.Running;

/// <summary>Static jobs without services: the cheapest path, by value and without a scope.</summary>
internal static class PlainJobs
{
    private static readonly TaskCompletionSource<DateTimeOffset> Ran = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>When the first job of the process ran.</summary>
    public static Task<DateTimeOffset> Started => Ran.Task;

    [Job("plain.start")]
    public static void Start() => Ran.TrySetResult(TimeProvider.System.GetLocalNow());

    [Job("plain.add")]
    public static int Add(int a, int b = 40) => a + b;

    [Job("plain.join")]
    public static async ValueTask<string?> Join(List<string> parts)
    {
        await Task.Yield();
        return parts.Count == 0 ? null : string.Join('+', parts);
    }
}
