using Jobs.Generators.CodeFixes;
using Jobs.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

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

        var changed = await FixAsync(Source(before));
        Assert.Equal(Source(after), changed);
        Assert.Empty(await AnalyzerRunner.RunAsync(changed));
    }

    [Fact]
    public void It_can_fix_all() => Assert.Same(WellKnownFixAllProviders.BatchFixer, new MarkServiceFix().GetFixAllProvider());

    private static async Task<string> FixAsync(string source)
    {
        var token = TestContext.Current.CancellationToken;
        using var workspace = new AdhocWorkspace();
        var document = workspace.AddProject("Shop", LanguageNames.CSharp)
            .WithMetadataReferences(References.All)
            .WithCompilationOptions(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable))
            .AddDocument("Source.cs", SourceText.From(source));
        var compilation = await document.Project.GetCompilationAsync(token);
        var diagnostic = Assert.Single(await AnalyzerRunner.AnalyzeAsync(compilation!));

        var actions = new List<CodeAction>();
        await new MarkServiceFix().RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), token));
        var operations = await Assert.Single(actions).GetOperationsAsync(token);
        var changed = Assert.Single(operations.OfType<ApplyChangesOperation>()).ChangedSolution.GetDocument(document.Id)!;
        return (await changed.GetTextAsync(token)).ToString();
    }
}
