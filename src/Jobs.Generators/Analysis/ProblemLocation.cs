using Jobs.Generators.Parsing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Jobs.Generators.Analysis;

/// <summary>Finds the part of a job that a problem is about, more exactly than the symbol that the parser names.</summary>
internal static class ProblemLocation
{
    /// <summary>Finds it.</summary>
    /// <param name="rule">The problem.</param>
    /// <param name="subject">The job's method, or another symbol, which has no such parts.</param>
    /// <param name="args">What the message names.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>Null if the parser's symbol is exact enough.</returns>
    public static Location? Find(DiagnosticDescriptor rule, ISymbol subject, string[] args, CancellationToken cancellationToken)
    {
        if (subject is not IMethodSymbol method)
        {
            return null;
        }

        return rule.Id switch
        {
            _ when rule == JobDiagnostics.InvalidAlias => FindArgument(method, "Aliases", cancellationToken),
            _ when rule == JobDiagnostics.InvalidSetting => FindArgument(method, args[0], cancellationToken),
            _ when rule == JobDiagnostics.InvalidName => FindName(method, args[0], cancellationToken),
            _ when rule == JobDiagnostics.UnsupportedReturnType || rule == JobDiagnostics.UnserializableResult => FindReturnType(method, cancellationToken),
            // Not the property: it may be wrong for this job only, and lie in a file that knows nothing of jobs.
            _ when rule == JobDiagnostics.UnserializablePayload || rule == JobDiagnostics.UnserializableCheckpoint => FindParameter(method, args[0].Split('.', '[')[0]) ?? method.Parameters.FirstOrDefault()?.Locations.FirstOrDefault(),
            _ when rule == JobDiagnostics.DateTimePayload || rule == JobDiagnostics.LostField => FindTraveller(method, args[0].Split('.', '[')[0], cancellationToken),
            _ when rule == JobDiagnostics.LongTimeout => FindArgument(method, "Timeout", cancellationToken),
            _ when rule == JobDiagnostics.InvalidSchedule || rule == JobDiagnostics.UnknownTimeZone || rule == JobDiagnostics.NextFires => FindScheduleText(method, args[0], cancellationToken),
            _ when rule == JobDiagnostics.InvalidKeyTemplate || rule == JobDiagnostics.UnknownKeyPart || rule == JobDiagnostics.UnsuitableKeyPart => FindText(method, args[0], cancellationToken),
            _ when rule == JobDiagnostics.ConstantIdempotencyKey => FindText(method, args[1], cancellationToken),
            _ when rule == JobDiagnostics.CollidingName => FindParameter(method, args[1]),
            _ => null,
        };
    }

    private static Location? FindParameter(IMethodSymbol method, string name) =>
        method.Parameters.FirstOrDefault(p => p.Name == name)?.Locations.FirstOrDefault();

    // A batch has no result, and the path of its item starts with the item's type.
    private static Location? FindTraveller(IMethodSymbol method, string root, CancellationToken cancellationToken) =>
        FindParameter(method, root)
        ?? (method.FindAttribute("BatchAttribute") is null ? FindReturnType(method, cancellationToken) : method.Parameters.FirstOrDefault()?.Locations.FirstOrDefault());

    private static Location? FindReturnType(IMethodSymbol method, CancellationToken cancellationToken) =>
        method.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellationToken)).OfType<MethodDeclarationSyntax>().FirstOrDefault()?.ReturnType.GetLocation();

    private static Location? FindName(IMethodSymbol method, string name, CancellationToken cancellationToken) =>
        method.FindAttribute("JobAttribute") is { ConstructorArguments: [{ Value: string given }] } attribute && given == name
            ? Arguments(attribute, cancellationToken).FirstOrDefault(static a => a.NameEquals is null)?.GetLocation()
            : FindArgument(method, "ArgsName", cancellationToken);

    private static Location? FindArgument(IMethodSymbol method, string name, CancellationToken cancellationToken) =>
        method.GetAttributes()
            .Where(static a => a.AttributeClass is { } type && (type.IsOurs("JobAttribute") || type.IsOurs("BatchAttribute") || type.IsOurs("CronAttribute") || type.IsOurs("EveryAttribute") || type.IsOurs("IdempotentAttribute")))
            .SelectMany(a => Arguments(a, cancellationToken).AsEnumerable())
            .FirstOrDefault(a => a.NameEquals?.Name.Identifier.ValueText == name)?.GetLocation();

    // Whichever attribute it stands in: several make keys.
    private static Location? FindText(IMethodSymbol method, string text, CancellationToken cancellationToken) =>
        method.GetAttributes()
            .SelectMany(a => Arguments(a, cancellationToken).AsEnumerable())
            .FirstOrDefault(a => a.Expression is LiteralExpressionSyntax literal && literal.Token.ValueText == text)?.GetLocation();

    private static Location? FindScheduleText(IMethodSymbol method, string text, CancellationToken cancellationToken) =>
        ScheduleParser.FindAll(method)
            .SelectMany(a => Arguments(a, cancellationToken).AsEnumerable())
            .FirstOrDefault(a => a.Expression is LiteralExpressionSyntax literal && literal.Token.ValueText == text)?.GetLocation();

    private static SeparatedSyntaxList<AttributeArgumentSyntax> Arguments(AttributeData attribute, CancellationToken cancellationToken) =>
        attribute.ApplicationSyntaxReference?.GetSyntax(cancellationToken) is AttributeSyntax { ArgumentList: { } list } ? list.Arguments : default;
}
