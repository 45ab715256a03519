using Jobs.Brokers.Conformance;
using Jobs.Brokers.Tests.Faults;
using Jobs.Brokers.Tests.Memory;

namespace Jobs.Brokers.Tests.Suite;

public class SuiteCoverageTests
{
    [Fact]
    public async Task A_class_of_checks_that_nobody_takes_over_is_named()
    {
        await using var fixture = new MemoryFixture();
        await fixture.InitializeAsync();

        var missing = SuiteCoverage.MissingTopics(typeof(SuiteCoverage).Assembly, fixture).ToArray();

        Assert.Contains("SettlingConformance", missing);
        Assert.Contains("ReplayingConformance", missing);
        Assert.DoesNotContain("ConnectingConformance", missing);
        Assert.Empty(SuiteCoverage.MissingTopics(typeof(MemoryFixture).Assembly, fixture));
    }

    [Fact]
    public async Task A_capability_that_is_not_declared_needs_no_checks()
    {
        await using var fixture = new BrokenFixture(static inner => new BareBroker(inner));
        await fixture.InitializeAsync();

        Assert.False(fixture.Declares(Capability.DeadLetters));
        Assert.True(fixture.Declares(Capability.Deduplication));
        Assert.DoesNotContain("ReplayingConformance", SuiteCoverage.MissingTopics(typeof(SuiteCoverage).Assembly, fixture));
        Assert.Equal(
            [Capability.QueueAdmin, Capability.ExactDepth, Capability.DeadLetters],
            SuiteCoverage.Needs(typeof(NeedyTopic).GetMethod(nameof(NeedyTopic.Check))!, typeof(NeedyTopic)));
    }

    [Needs(Capability.DeadLetters)]
    private sealed class NeedyTopic
    {
        [Needs(Capability.QueueAdmin, Capability.ExactDepth)]
        public void Check()
        {
        }
    }
}
