using Xunit;

namespace Jobs.Brokers.Conformance;

/// <summary>For checks that would disturb all others in the process.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;
