using System.Collections.Immutable;
using System.Composition;
using System.Globalization;
using Jobs.Generators.Analysis;
using Jobs.Generators.Shipped;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Jobs.Generators.CodeFixes;

/// <summary>Records a job in <c>Jobs.Shipped.txt</c>, or all of them.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AddToShippedFileFix)), Shared]
public sealed class AddToShippedFileFix : CodeFixProvider
{
    internal const string Title = "Add to " + ShippedFile.FileName;

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [JobDiagnostics.UnshippedJob.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => AddAllToShippedFile.Instance;

    /// <inheritdoc/>
    public override Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        context.RegisterCodeFix(
            CodeAction.Create(Title, token => RecordAsync(context.Document.Project, context.Diagnostics, token), nameof(AddToShippedFileFix)), context.Diagnostics);
        return Task.CompletedTask;
    }

    /// <summary>Records jobs in the file of their project.</summary>
    internal static async Task<Solution> RecordAsync(Project project, IEnumerable<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        if (project.AdditionalDocuments.FirstOrDefault(static d => ShippedFile.IsNamed(d.FilePath ?? d.Name)) is not { } document)
        {
            return project.Solution;
        }

        var text = await document.GetTextAsync(cancellationToken).ConfigureAwait(false);
        foreach (var job in diagnostics.Select(static d => d.Properties))
        {
            if (job[ShippedCheck.Name] is { } name && job[ShippedCheck.Version] is { } version && job[ShippedCheck.Text] is { } lines)
            {
                text = ShippedFile.Put(text, name, int.Parse(version, CultureInfo.InvariantCulture), lines);
            }
        }

        return project.Solution.WithAdditionalDocumentText(document.Id, text);
    }
}
