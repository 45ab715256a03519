using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Jobs.Generators.CodeFixes;

/// <summary>Records all jobs at once: fixes of the usual provider would each start from the same file, and all but one be lost.</summary>
internal sealed class AddAllToShippedFile : FixAllProvider
{
    public static readonly AddAllToShippedFile Instance = new();

    public override Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext) =>
        Task.FromResult<CodeAction?>(CodeAction.Create(AddToShippedFileFix.Title, token => RecordAsync(fixAllContext.WithCancellationToken(token)), nameof(AddAllToShippedFile)));

    private static async Task<Solution> RecordAsync(FixAllContext context)
    {
        var solution = context.Solution;
        foreach (var project in context.Scope == FixAllScope.Solution ? context.Solution.Projects : [context.Project])
        {
            var diagnostics = await FindAsync(context, project).ConfigureAwait(false);
            if (!diagnostics.IsEmpty && solution.GetProject(project.Id) is { } current)
            {
                solution = await AddToShippedFileFix.RecordAsync(current, diagnostics, context.CancellationToken).ConfigureAwait(false);
            }
        }

        return solution;
    }

    private static Task<ImmutableArray<Diagnostic>> FindAsync(FixAllContext context, Project project) =>
        context is { Scope: FixAllScope.Document, Document: { } document } ? context.GetDocumentDiagnosticsAsync(document) : context.GetAllDiagnosticsAsync(project);
}
