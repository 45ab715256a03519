using System.Collections.Immutable;
using Jobs.Generators.Analysis;
using Jobs.Generators.Emission;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Parses one class, struct or record into the object that System.Text.Json would write.</summary>
internal sealed class ObjectParser
{
    private readonly INamedTypeSymbol _type;
    private readonly string _path;
    private readonly ISymbol? _symbol;
    private readonly PayloadWalker _walker;
    private readonly List<IPropertySymbol> _properties;
    private readonly IMethodSymbol? _constructor;
    private bool _isConstructorUnusable;

    private ObjectParser(INamedTypeSymbol type, string path, ISymbol? symbol, PayloadWalker walker)
    {
        _type = type;
        _path = path;
        _symbol = symbol;
        _walker = walker;
        _properties = ObjectProperties.Find(type);
        _constructor = FindConstructor();
    }

    public static ObjectShape? Parse(INamedTypeSymbol type, TypeRef name, string path, ISymbol? symbol, PayloadWalker walker) =>
        new ObjectParser(type, path, symbol, walker).Parse(name);

    private ObjectShape? Parse(TypeRef name)
    {
        var setsRequired = _constructor?.FindAttribute("System.Diagnostics.CodeAnalysis", "SetsRequiredMembersAttribute") is not null;
        var members = new List<ObjectMember>();
        var indexes = new Dictionary<string, int>(StringComparer.Ordinal);
        var jsonNames = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in _properties)
        {
            var path = $"{_path}.{property.Name}";
            var isRequired = property.IsRequired && !setsRequired;
            var condition = JsonAttributes.FindIgnoreCondition(property);
            if ((ExplainIgnored(property, condition, isRequired) ?? JsonAttributes.Explain(property)) is { } reason)
            {
                _walker.Fail(property, path, property.Type, reason);
            }
            else if (condition != IgnoreCondition.Always && ParseMember(property, path, condition, isRequired) is { } member)
            {
                indexes[property.Name] = members.Count;
                members.Add(member);
                if (!jsonNames.Add(member.JsonName))
                {
                    _walker.Fail(property, path, property.Type, $"another property has the JSON name '{member.JsonName}' too");
                }
            }
        }

        foreach (var field in ObjectProperties.FindFields(_type).Where(static field => !JsonAttributes.IsIgnored(field)))
        {
            _walker.Warn(JobDiagnostics.LostField, field, $"{_path}.{field.Name}", field.Type);
        }

        return _walker.HasFailed ? null : new ObjectShape
        {
            Type = name,
            Members = members.ToEquatableArray(),
            Constructor = Parameters.Select(parameter => ParseParameter(parameter, indexes)).ToEquatableArray(),
        };
    }

    private ImmutableArray<IParameterSymbol> Parameters => _constructor?.Parameters ?? [];

    private static string? ExplainIgnored(IPropertySymbol property, int condition, bool isRequired) => condition switch
    {
        IgnoreCondition.Always when isRequired => "it is required, but [JsonIgnore] leaves it out",
        IgnoreCondition.WhenWritingNull when !property.Type.IsReferenceType && property.Type.OriginalDefinition.SpecialType != SpecialType.System_Nullable_T => "its [JsonIgnore] asks for null, which it cannot be",
        < IgnoreCondition.Never or > IgnoreCondition.WhenWritingNull => "its [JsonIgnore] condition is not supported",
        _ => null,
    };

    private ObjectMember? ParseMember(IPropertySymbol property, string path, int condition, bool isRequired)
    {
        var parameter = Parameters.FirstOrDefault(parameter => ObjectProperties.Match(parameter, property));
        var assignment = FindAssignment(property, parameter, isRequired);
        if (assignment == MemberAssignment.None && !_isConstructorUnusable && ObjectProperties.HoldsState(property))
        {
            _walker.Fail(property, path, property.Type, "reading would lose it: give it a public init or set accessor, take it in the constructor, or ignore it with [JsonIgnore]");
            return null;
        }

        if (_walker.Walk(property.Type, path, property) is not { } value)
        {
            return null;
        }

        return new ObjectMember
        {
            Name = property.Name,
            JsonName = JsonAttributes.FindName(property) ?? CamelCase.Of(property.Name),
            Value = value,
            MayWriteNull = Nullability.MayBeWritten(property),
            MayReadNull = parameter is null ? Nullability.MayBeRead(property) : Nullability.MayBeRead(parameter),
            Assignment = assignment,
            IsRequired = isRequired || JsonAttributes.IsRequired(property) || (parameter is not null && !parameter.HasExplicitDefaultValue),
            Condition = condition switch
            {
                IgnoreCondition.WhenWritingNull => WriteCondition.NotNull,
                IgnoreCondition.WhenWritingDefault => WriteCondition.NotDefault,
                _ => WriteCondition.Always,
            },
        };
    }

    private static MemberAssignment FindAssignment(IPropertySymbol property, IParameterSymbol? parameter, bool isRequired) => property.SetMethod switch
    {
        { DeclaredAccessibility: Accessibility.Public } when isRequired => MemberAssignment.Initializer,
        _ when parameter is not null => MemberAssignment.Constructor,
        { DeclaredAccessibility: Accessibility.Public, IsInitOnly: true } => MemberAssignment.OptionalInitializer,
        { DeclaredAccessibility: Accessibility.Public } => MemberAssignment.Setter,
        _ => MemberAssignment.None,
    };

    private ConstructorParameter ParseParameter(IParameterSymbol parameter, Dictionary<string, int> indexes)
    {
        var property = _properties.First(property => ObjectProperties.Match(parameter, property));
        var isIgnored = !indexes.TryGetValue(property.Name, out var member);
        return new ConstructorParameter(isIgnored ? -1 : member, parameter.HasExplicitDefaultValue ? Literal.OfDefault(parameter) : null);
    }

    // As System.Text.Json chooses for classes: the annotated one, else the one without parameters, else the only one.
    // Structs are treated alike, though there it would take their invisible parameterless one and lose what only a constructor can set.
    private IMethodSymbol? FindConstructor()
    {
        var annotated = _type.InstanceConstructors.Where(JsonAttributes.IsChosen).ToList();
        var candidates = _type.InstanceConstructors
            .Where(constructor => constructor.DeclaredAccessibility == Accessibility.Public && !(constructor.IsImplicitlyDeclared && _type.IsValueType))
            .ToList();
        var chosen = annotated.FirstOrDefault()
            ?? candidates.FirstOrDefault(constructor => constructor.Parameters.IsEmpty)
            ?? (candidates.Count == 1 ? candidates[0] : null);
        var reason = chosen switch
        {
            _ when annotated.Count > 1 => "[JsonConstructor] marks more than one constructor",
            null => _type.IsValueType ? null : "it has no public constructor to choose; mark one with [JsonConstructor]",
            _ when !_walker.Compilation.IsSymbolAccessibleWithin(chosen, _walker.Compilation.Assembly) => "generated code cannot access its constructor",
            _ => ExplainParameters(chosen),
        };
        if (reason is not null)
        {
            _isConstructorUnusable = true;
            _walker.Fail(_symbol, _path, _type, reason);
        }

        return chosen;
    }

    private string? ExplainParameters(IMethodSymbol constructor)
    {
        foreach (var parameter in constructor.Parameters)
        {
            if (parameter.RefKind is not (RefKind.None or RefKind.In))
            {
                return $"its constructor takes '{parameter.Name}' by reference";
            }

            if (_properties.FirstOrDefault(property => ObjectProperties.Match(parameter, property)) is not { } match)
            {
                return $"its constructor's parameter '{parameter.Name}' matches no public property of the same name and type";
            }

            if (!parameter.HasExplicitDefaultValue && JsonAttributes.FindIgnoreCondition(match) == IgnoreCondition.Always)
            {
                return $"its constructor needs '{parameter.Name}', which [JsonIgnore] leaves out";
            }
        }

        return null;
    }
}
