using Jobs.Brokers.Conformance;

namespace Jobs.Brokers.Tests;

/// <summary>For checks that would disturb all others.</summary>
[CollectionDefinition(StarvingCollection.Name, DisableParallelization = true)]
public sealed class Alone;
