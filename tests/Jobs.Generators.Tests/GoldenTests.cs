using Jobs.Generators.Tests.Harness;

namespace Jobs.Generators.Tests;

/// <summary>What generated code looks like. Each case shows one feature; what it does is tested elsewhere.</summary>
public sealed class GoldenTests
{
    public static IEnumerable<TheoryDataRow<string>> Cases => Golden.Cases();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Output_is_as_recorded(string name) => Golden.Check(name);

    [Fact]
    public void Cases_stay_few_enough_to_be_read() => Assert.InRange(Golden.Cases().Count(), 1, 25);
}
