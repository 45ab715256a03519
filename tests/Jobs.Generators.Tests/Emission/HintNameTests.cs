using Jobs.Generators.Emission;

namespace Jobs.Generators.Tests.Emission;

public sealed class HintNameTests
{
    [Fact]
    public void A_plain_name_is_kept() => Assert.Equal("Shop.EmailJobsClient.g.cs", HintName.Of("Shop.EmailJobsClient"));

    [Fact]
    public void A_long_name_is_cut_and_told_apart_by_a_hash()
    {
        var one = HintName.Of(new string('a', 200) + "1");
        var other = HintName.Of(new string('a', 200) + "2");
        Assert.Equal(HintName.MaxLength, one.Length);
        Assert.NotEqual(one, other);
    }

    [Fact]
    public void The_hash_is_the_same_in_every_process() => Assert.Equal("Shop.E-d3dadda0.g.cs", HintName.Of("Shop.E", isUnique: false));

    [Fact]
    public void Letters_that_a_file_system_may_change_are_replaced()
    {
        var name = HintName.Of("Bücher.Jobs");
        Assert.StartsWith("B_cher.Jobs-", name, StringComparison.Ordinal);
        Assert.NotEqual(name, HintName.Of("Bäcker.Jobs"));
    }
}
