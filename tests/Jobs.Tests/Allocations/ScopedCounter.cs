namespace Jobs.Tests.Allocations;

/// <summary>What a scoped job depends on.</summary>
public sealed class ScopedCounter
{
    public ValueTask Count(int value) => Executed.Add(value);
}
