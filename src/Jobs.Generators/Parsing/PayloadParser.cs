using System.Collections.Immutable;
using Jobs.Generators.Emission;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Finds what a payload consists of. Total: whatever the source, it answers or returns null, and never throws.</summary>
internal static class PayloadParser
{
    /// <summary>Parses the parameters of a job that travel.</summary>
    /// <returns>Null if one of them cannot be serialized; why goes to the sink.</returns>
    public static PayloadModel? Parse(ImmutableArray<IParameterSymbol> payloadParameters, Compilation compilation, PayloadSink? sink, CancellationToken cancellationToken)
    {
        var walker = new PayloadWalker(payloadParameters.FirstOrDefault()?.ContainingSymbol, compilation, sink, cancellationToken);
        var members = new List<PayloadMember>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parameter in payloadParameters)
        {
            var propertyName = Identifier.ToPascalCase(parameter.Name);
            var jsonName = CamelCase.Of(propertyName);
            if (!names.Add(jsonName))
            {
                walker.Fail(parameter, parameter.Name, parameter.Type, $"another parameter has the JSON name '{jsonName}' too");
            }

            if (walker.Walk(parameter.Type, parameter.Name, parameter) is { } value)
            {
                // Generated code is annotated: what an older file, or a default of null, lets be null must say so there.
                var allowsNull = Nullability.MayBeRead(parameter) || parameter is { Type.IsReferenceType: true, HasExplicitDefaultValue: true, ExplicitDefaultValue: null };
                if (allowsNull && parameter.Type.IsReferenceType)
                {
                    value = value with { Type = value.Type with { IsNullable = true } };
                }

                members.Add(new PayloadMember
                {
                    Name = parameter.Name,
                    PropertyName = propertyName,
                    JsonName = jsonName,
                    Value = value,
                    AllowsNull = allowsNull,
                    Default = parameter.HasExplicitDefaultValue ? Literal.OfDefault(parameter) : null,
                });
            }
        }

        return walker.HasFailed ? null : new PayloadModel
        {
            Members = members.ToEquatableArray(),
            Shapes = walker.Shapes,
            IsImmutable = payloadParameters.All(parameter => new Immutability().IsImmutable(parameter.Type)),
        };
    }

    /// <summary>Parses a type that travels as a whole.</summary>
    /// <param name="type">The type.</param>
    /// <param name="owner">The job's method.</param>
    /// <param name="compilation">Where the job is.</param>
    /// <param name="sink">Told why it cannot be serialized.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <param name="parameter">The parameter that it belongs to, which names the path; null: the type does.</param>
    /// <returns>Null if it cannot be serialized; why goes to the sink.</returns>
    public static PayloadTypeModel? ParseType(
        ITypeSymbol type, IMethodSymbol owner, Compilation compilation, PayloadSink? sink, CancellationToken cancellationToken, IParameterSymbol? parameter = null)
    {
        var walker = new PayloadWalker(owner, compilation, sink, cancellationToken);
        var value = walker.Walk(type, parameter?.Name ?? type.Name, parameter ?? (ISymbol)type);
        return value is null || walker.HasFailed ? null : new PayloadTypeModel
        {
            Value = value,
            Shapes = walker.Shapes,
            IsImmutable = new Immutability().IsImmutable(type),
        };
    }
}
