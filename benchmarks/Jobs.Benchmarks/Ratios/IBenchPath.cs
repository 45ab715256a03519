namespace Jobs.Benchmarks.Ratios;

/// <summary>One way of doing the same work.</summary>
internal interface IBenchPath : IAsyncDisposable
{
    string Name { get; }

    /// <summary>True for one that gets fewer jobs a round.</summary>
    bool IsSlow => false;

    /// <summary>Called before each measurement, outside it.</summary>
    Task PrepareAsync(int jobs) => Task.CompletedTask;

    /// <summary>Called after each measurement, outside it: nothing of this path may disturb the next.</summary>
    Task RestAsync() => Task.CompletedTask;

    /// <summary>Does so many jobs; ends when the last one has been executed.</summary>
    Task RunAsync(int jobs);
}
