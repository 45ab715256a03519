using Jobs.Generators.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Jobs.Generators.Tests.Analysis;

/// <summary>Applies a fix as an editor would.</summary>
internal static class CodeFixRunner
{
    /// <summary>Applies the one fix of the first diagnostic with an id.</summary>
    /// <returns>The changed source; null if nothing is offered.</returns>
    public static async Task<string?> FixAsync(CodeFixProvider fix, string id, string source)
    {
        var token = TestContext.Current.CancellationToken;
        using var workspace = new AdhocWorkspace();
        var document = workspace.AddProject("Shop", LanguageNames.CSharp)
            .WithMetadataReferences(References.All)
            .WithCompilationOptions(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable))
            .WithParseOptions(new CSharpParseOptions(LanguageVersion.CSharp14))
            .AddDocument("Source.cs", SourceText.From(source));
        var compilation = await document.Project.GetCompilationAsync(token);
        var diagnostic = (await AnalyzerRunner.AnalyzeAsync(AnalyzerRunner.Generate(compilation!))).First(d => d.Id == id);

        var actions = new List<CodeAction>();
        await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), token));
        if (actions.Count == 0)
        {
            return null;
        }

        var operations = await Assert.Single(actions).GetOperationsAsync(token);
        var changed = Assert.Single(operations.OfType<ApplyChangesOperation>()).ChangedSolution.GetDocument(document.Id)!;
        return (await changed.GetTextAsync(token)).ToString();
    }
}
