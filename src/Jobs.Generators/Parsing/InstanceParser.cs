using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Finds how an instance of a class is made where it is not registered.</summary>
internal static class InstanceParser
{
    public static InstanceModel Parse(INamedTypeSymbol type, Compilation compilation)
    {
        var constructor = type.IsAbstract ? null : Choose(type);
        return new InstanceModel(
            TypeRef.Of(type).Name,
            MustBeRegistered: constructor is null,
            type.IsAsyncDisposable ? Disposal.Asynchronous : type.IsDisposable ? Disposal.Synchronous : Disposal.None,
            constructor is null ? [] : constructor.Parameters.Select(p => ServiceParser.Parse(p, compilation)).ToEquatableArray());
    }

    /// <summary>The marked constructor, else the one that takes most. Null if generated code cannot call it.</summary>
    private static IMethodSymbol? Choose(INamedTypeSymbol type)
    {
        var candidates = type.InstanceConstructors.Where(c => c.IsReachable && !IsCopy(c, type)).ToList();
        var marked = candidates.FirstOrDefault(static c => c.FindAttribute("Microsoft.Extensions.DependencyInjection", "ActivatorUtilitiesConstructorAttribute") is not null);
        var most = candidates.Count == 0 ? 0 : candidates.Max(static c => c.Parameters.Length);
        var widest = candidates.Where(c => c.Parameters.Length == most).ToList();
        var chosen = marked ?? (widest.Count == 1 ? widest[0] : null);
        return chosen is not null && chosen.Parameters.All(static p => p.RefKind == RefKind.None && ServiceParser.CanResolve(p.Type)) && (SetsRequired(chosen) || !HasRequired(type)) ? chosen : null;
    }

    private static bool IsCopy(IMethodSymbol constructor, INamedTypeSymbol type) =>
        type.IsRecord && constructor.Parameters is [{ Type: var only }] && SymbolEqualityComparer.Default.Equals(only, type);

    private static bool SetsRequired(IMethodSymbol constructor) =>
        constructor.FindAttribute("System.Diagnostics.CodeAnalysis", "SetsRequiredMembersAttribute") is not null;

    private static bool HasRequired(INamedTypeSymbol type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (current.GetMembers().Any(static m => m is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true }))
            {
                return true;
            }
        }

        return false;
    }
}
