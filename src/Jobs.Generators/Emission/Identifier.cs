using Microsoft.CodeAnalysis.CSharp;

namespace Jobs.Generators.Emission;

internal static class Identifier
{
    /// <summary>The name as source must spell it: <c>class</c> becomes <c>@class</c>.</summary>
    public static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) != SyntaxKind.None
            ? "@" + name
            : name;

    /// <summary><c>userId</c> becomes <c>UserId</c>.</summary>
    public static string ToPascalCase(string name) =>
        name.Length > 0 && char.IsLower(name[0]) ? char.ToUpperInvariant(name[0]) + name.Substring(1) : name;
}
