namespace Jobs.Brokers.Conformance;

/// <summary>The collection of the checks that must run alone: see <see cref="StarvingConformance{TFixture}"/>.</summary>
public static class StarvingCollection
{
    /// <summary>Its name.</summary>
    public const string Name = "Jobs conformance, alone";
}
