using Jobs.Generators.CodeFixes;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Jobs.Generators.Tests.Analysis;

/// <summary>The fix of JOBS006, as an editor would apply it.</summary>
public sealed class MarkServiceFixTests
{
    private const string Type = "public sealed class Connection : System.IDisposable { public void Dispose() { } }\n";

    [Theory]
    [InlineData("using Jobs;\n", "Connection connection", "[Service] Connection connection")]
    [InlineData("using Jobs;\n", "int id, /* the shop's */ Connection connection", "int id, /* the shop's */ [Service] Connection connection")]
    [InlineData("using Jobs;\n", "[System.Diagnostics.CodeAnalysis.DisallowNull] Connection? connection = null", "[Service][System.Diagnostics.CodeAnalysis.DisallowNull] Connection? connection = null")]
    [InlineData("", "Connection connection", "[Jobs.Service] Connection connection")]
    public async Task It_marks_the_parameter(string usings, string before, string after)
    {
        var attribute = usings.Length == 0 ? "Jobs.Job" : "Job";
        string Source(string parameters) => $"{usings}{Type}public static class TestJobs {{ [{attribute}] public static void Run({parameters}) {{ }} }}";

        var changed = await CodeFixRunner.FixAsync(new MarkServiceFix(), "JOBS006", Source(before));
        Assert.Equal(Source(after), changed);
        Assert.Empty(await AnalyzerRunner.RunAsync(changed!));
    }

    [Fact]
    public void It_can_fix_all() => Assert.Same(WellKnownFixAllProviders.BatchFixer, new MarkServiceFix().GetFixAllProvider());
}
