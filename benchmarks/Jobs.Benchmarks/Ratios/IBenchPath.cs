namespace Jobs.Benchmarks.Ratios;

/// <summary>One way of doing the same work.</summary>
internal interface IBenchPath : IAsyncDisposable
{
    string Name { get; }

    /// <summary>True for one that gets fewer jobs a round.</summary>
    bool IsSlow => false;

    /// <summary>Does so many jobs; ends when the last one has been executed.</summary>
    Task RunAsync(int jobs);
}
