namespace Jobs.Benchmarks.Memory;

/// <summary>Ours, through the generated client.</summary>
internal sealed class JobsPath(string name, Func<int, ValueTask<JobHandle>> enqueue) : WindowedPath(name)
{
    public override ValueTask DisposeAsync() => default;

    protected override ValueTask SendAsync(int value)
    {
        var sending = enqueue(value);
        if (sending.IsCompletedSuccessfully)
        {
            sending.GetAwaiter().GetResult();
            return default;
        }

        return new ValueTask(sending.AsTask());
    }
}
