using System.Collections.Immutable;
using System.Composition;
using Jobs.Generators.Analysis;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Jobs.Generators.CodeFixes;

/// <summary>Makes a payload's field a property, so that it travels.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(MakePropertyFix)), Shared]
public sealed class MakePropertyFix : CodeFixProvider
{
    private const string Title = "Make the field a property";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [JobDiagnostics.LostField.Id];

    // One field may be told of at many jobs.
    /// <inheritdoc/>
    public override FixAllProvider? GetFixAllProvider() => null;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        // It is told at the job; the field, perhaps in another file, is beside it.
        if (context.Diagnostics[0].AdditionalLocations is not [{ SourceTree: { } tree } location]
            || context.Document.Project.Solution.GetDocument(tree) is not { } document)
        {
            return;
        }

        var root = await tree.GetRootAsync(context.CancellationToken).ConfigureAwait(false);
        if (root.FindNode(location.SourceSpan).FirstAncestorOrSelf<FieldDeclarationSyntax>() is { Declaration.Variables.Count: 1 } field)
        {
            context.RegisterCodeFix(
                CodeAction.Create(Title, _ => Task.FromResult(document.WithSyntaxRoot(root.ReplaceNode(field, Convert(field))).Project.Solution), nameof(MakePropertyFix)),
                context.Diagnostics);
        }
    }

    private static MemberDeclarationSyntax Convert(FieldDeclarationSyntax field)
    {
        var variable = field.Declaration.Variables[0];
        var modifiers = field.Modifiers.Where(static m => !m.IsKind(SyntaxKind.ReadOnlyKeyword) && !m.IsKind(SyntaxKind.VolatileKeyword));
        var set = field.Modifiers.Any(SyntaxKind.ReadOnlyKeyword) ? "init" : "set";
        var value = variable.Initializer is { } initializer ? $" {initializer};" : "";
        var text = $"{field.AttributeLists.ToString()} {string.Join(" ", modifiers)} {field.Declaration.Type} {variable.Identifier} {{ get; {set}; }}{value}".TrimStart();
        return SyntaxFactory.ParseMemberDeclaration(text)!.WithTriviaFrom(field);
    }
}
