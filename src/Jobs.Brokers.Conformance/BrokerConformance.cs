using Jobs.Brokers.Conformance.Harness;
using Xunit;
using Xunit.v3;

namespace Jobs.Brokers.Conformance;

/// <summary>What all classes of checks have in common. A broker's test project derives from each of them, once.</summary>
/// <typeparam name="TFixture">The fixture of the broker under test.</typeparam>
/// <remarks>
/// <para>1. The checks of one class run one after the other on a server of their own; classes run side by side.</para>
/// <para>2. Each check has a namespace of its own.</para>
/// <para>3. A check that needs what the broker does not declare is skipped; whatever is declared must be checked.</para>
/// </remarks>
public abstract class BrokerConformance<TFixture> : IClassFixture<TFixture>, IAsyncLifetime
    where TFixture : BrokerFixture
{
    private protected BrokerConformance(TFixture fixture)
    {
        Fixture = fixture;
        Bench = new Bench(fixture);
    }

    private protected TFixture Fixture { get; }

    private protected Bench Bench { get; }

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Skips the check if it does not apply.</summary>
    public ValueTask InitializeAsync()
    {
        if (TestContext.Current.TestMethod is IXunitTestMethod { Method: var check })
        {
            var missing = SuiteCoverage.Needs(check, check.DeclaringType!).Where(capability => !Fixture.Declares(capability)).ToArray();
            Assert.SkipWhen(missing.Length > 0, $"The broker does not declare {string.Join(", ", missing)}.");
        }

        return default;
    }

    /// <summary>Closes what the check has opened.</summary>
    public async ValueTask DisposeAsync()
    {
        await AfterAsync();
        await Bench.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>No class of checks that applies may be left out, and nothing may be declared that no check proves.</summary>
    [Fact]
    public void Everything_Declared_Is_Checked()
    {
        Assert.Empty(SuiteCoverage.MissingTopics(GetType().Assembly, Fixture));
        Assert.Empty(SuiteCoverage.Unchecked(Fixture));
    }

    private protected virtual ValueTask AfterAsync() => default;
}
