using Jobs.Generators.Emission;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Finds what a parameter asks the container for.</summary>
internal static class ServiceParser
{
    /// <summary>True if a container can be asked for the type at all, also if it does not exist yet.</summary>
    public static bool CanResolve(ITypeSymbol type) =>
        type is { IsRefLikeType: false, TypeKind: not (TypeKind.Pointer or TypeKind.FunctionPointer or TypeKind.Dynamic) };

    public static ServiceModel Parse(IParameterSymbol parameter, Compilation compilation)
    {
        var type = TypeRef.Of(parameter.Type);
        var hasDefault = parameter.HasExplicitDefaultValue;
        return new ServiceModel(
            type.Name,
            type.IsValueType,
            parameter.Name,
            Key(parameter),
            type.IsNullable || hasDefault,
            hasDefault && (parameter.ExplicitDefaultValue is not null || type is { IsValueType: true, IsNullable: false }) ? Literal.OfDefault(parameter) : null,
            ClientReferenceParser.Parse(parameter, compilation));
    }

    private static string? Key(IParameterSymbol parameter) =>
        parameter.FindAttribute("Microsoft.Extensions.DependencyInjection", "FromKeyedServicesAttribute") is { ConstructorArguments: [{ IsNull: false } key] }
            ? ConstantSource.Of(key)
            : null;
}
