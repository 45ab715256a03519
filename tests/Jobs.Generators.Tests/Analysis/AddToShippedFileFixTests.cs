using System.Collections.Immutable;
using Jobs.Generators.CodeFixes;
using Jobs.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Jobs.Generators.Tests.Analysis;

/// <summary>The fix of JOBS028, as an editor would apply it.</summary>
public sealed class AddToShippedFileFixTests : IDisposable
{
    private const string Source = """
        using Jobs;

        public static class ShopJobs
        {
            [Job("run", Version = 2)] public static void Run(int a, string? b = null) { }
            [Job("walk")] public static void Walk() { }
        }
        """;

    private readonly AdhocWorkspace _workspace = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _workspace.Dispose();

    [Theory]
    [InlineData("", "run v2\n  required int a\n  optional string? b\n")]
    [InlineData("# Ours.\n", "# Ours.\nrun v2\n  required int a\n  optional string? b\n")]
    [InlineData("jump v1", "jump v1\nrun v2\n  required int a\n  optional string? b\n")]
    [InlineData("jump v1\r\n", "jump v1\r\nrun v2\r\n  required int a\r\n  optional string? b\r\n")]
    [InlineData("jump v1\n\nrun v2\n  required int a\n\n# Last.\nskip v1\n", "jump v1\n\nrun v2\n  required int a\n  optional string? b\n\n# Last.\nskip v1\n")]
    public async Task It_records_a_job(string before, string after)
    {
        var document = Open(before);
        var diagnostic = (await DiagnoseAsync(document.Project)).Single(static d => AnalyzerRunner.Describe(d) == "JOBS028 Run");

        var actions = new List<CodeAction>();
        await new AddToShippedFileFix().RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), Token));

        Assert.Equal(after, await ApplyAsync(Assert.Single(actions), document.Project.Id));
    }

    [Theory]
    [InlineData(FixAllScope.Document)]
    [InlineData(FixAllScope.Project)]
    [InlineData(FixAllScope.Solution)]
    public async Task It_records_all_jobs_and_nothing_is_left_to_say(FixAllScope scope)
    {
        var fix = new AddToShippedFileFix();
        var document = Open("");
        var context = new FixAllContext(document, fix, scope, nameof(AddToShippedFileFix), fix.FixableDiagnosticIds, new Diagnostics(), Token);

        var after = await ApplyAsync((await fix.GetFixAllProvider().GetFixAsync(context))!, document.Project.Id);

        Assert.Equal("run v2\n  required int a\n  optional string? b\nwalk v1\n", after);
        Assert.Empty(await AnalyzerRunner.RunShippedAsync(Source.Replace("using Jobs;", "", StringComparison.Ordinal), after));
    }

    private static async Task<string> ApplyAsync(CodeAction action, ProjectId project)
    {
        var operations = await action.GetOperationsAsync(Token);
        var changed = Assert.Single(operations.OfType<ApplyChangesOperation>()).ChangedSolution.GetProject(project)!;
        return (await changed.AdditionalDocuments.Single().GetTextAsync(Token)).ToString();
    }

    private static async Task<IReadOnlyList<Diagnostic>> DiagnoseAsync(Project project) => await AnalyzerRunner.AnalyzeAsync(
        (await project.GetCompilationAsync(Token))!, (await project.AdditionalDocuments.Single().GetTextAsync(Token)).ToString());

    private Document Open(string shipped)
    {
        var project = _workspace.AddProject("Shop", LanguageNames.CSharp)
            .WithMetadataReferences(References.All)
            .WithCompilationOptions(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        var file = project.AddAdditionalDocument("Jobs.Shipped.txt", SourceText.From(shipped), filePath: "/shop/Jobs.Shipped.txt");
        return file.Project.AddDocument("Source.cs", SourceText.From(Source));
    }

    private sealed class Diagnostics : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) => FindAsync(project);

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) => FindAsync(document.Project);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) => FindAsync(project);

        private static async Task<IEnumerable<Diagnostic>> FindAsync(Project project) => (await DiagnoseAsync(project)).Where(static d => d.Id == "JOBS028").ToImmutableArray();
    }
}
