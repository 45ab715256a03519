namespace Jobs.Tests;

/// <summary>For tests that other tests must not disturb: those that count what is allocated, where pools are shared.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
