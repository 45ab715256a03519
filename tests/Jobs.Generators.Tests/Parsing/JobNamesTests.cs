using Jobs.Generators.Parsing;

namespace Jobs.Generators.Tests.Parsing;

public sealed class JobNamesTests
{
    [Theory]
    [InlineData("SendWelcome", "send-welcome")]
    [InlineData("URLFetch", "url-fetch")]
    [InlineData("IOStream", "io-stream")]
    [InlineData("FetchURL", "fetch-url")]
    [InlineData("Send2Users", "send2-users")]
    [InlineData("snake_case", "snake-case")]
    [InlineData("_Odd__Name_", "odd-name")]
    [InlineData("x", "x")]
    public void Words_are_parted_by_hyphens(string name, string expected) => Assert.Equal(expected, JobNames.ToKebabCase(name));

    [Theory]
    [InlineData("Shop", "AddShopJobs")]
    [InlineData("MyApp.Jobs", "AddMyAppJobs")]
    [InlineData("MyApp.Emails", "AddEmailsJobs")]
    [InlineData("EmailJobs", "AddEmailJobs")]
    [InlineData("Jobs", "AddJobs")]
    [InlineData("my-app", "AddMyAppJobs")]
    [InlineData("3d.printing", "AddPrintingJobs")]
    [InlineData("App.3d", "Add3dJobs")]
    [InlineData("", "AddJobs")]
    public void Registration_is_called_after_the_assembly(string assembly, string expected) => Assert.Equal(expected, JobNames.Registration(assembly));

    [Fact]
    public void Two_assemblies_never_share_a_class()
    {
        string[] assemblies = ["a.b", "a_b", "a-b", "ab", "1a", "a", "a_x002db", "a.x002db"];
        Assert.Equal(assemblies.Length, assemblies.Select(JobNames.ToUniqueIdentifier).Distinct(StringComparer.Ordinal).Count());
    }
}
