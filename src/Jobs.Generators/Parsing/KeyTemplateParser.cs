using System.Globalization;
using System.Text;
using Jobs.Generators.Analysis;
using Jobs.Generators.Emission;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Reads templates of keys: text with payload parameters in braces, <c>"order:{order.Id}:{day:yyyy-MM}"</c>; a brace itself is written twice.
/// Serves every attribute that makes a key of a job's args. One that is wrong is reported, and the job is generated without it.</summary>
/// <param name="method">The job.</param>
/// <param name="signature">What the job takes. Of a batch, <c>{item.Id}</c> is the property of one item.</param>
/// <param name="sink">Takes what is wrong.</param>
internal sealed class KeyTemplateParser(IMethodSymbol method, JobSignature signature, IJobSink? sink)
{
    private static readonly DateTime Sample = new(2026, 11, 22, 10, 30, 15, DateTimeKind.Utc);

    /// <summary>Parses a template.</summary>
    /// <returns>Null for null, and for what is wrong.</returns>
    public KeyTemplateModel? Parse(string? template)
    {
        if (template is null)
        {
            return null;
        }

        if (string.IsNullOrWhiteSpace(template))
        {
            return Invalid(template, "it is empty");
        }

        var parts = new List<KeyPartModel>();
        var text = new StringBuilder();
        for (var i = 0; i < template.Length; i++)
        {
            var character = template[i];
            if (character is not ('{' or '}'))
            {
                if (char.IsControl(character))
                {
                    return Invalid(template, "it has a control character");
                }

                text.Append(character);
            }
            else if (i + 1 < template.Length && template[i + 1] == character)
            {
                text.Append(character);
                i++;
            }
            else if (character == '}' || template.IndexOf('}', i) is not (> 0 and var end))
            {
                return Invalid(template, character == '}' ? "a '}' has no '{'; one that is text is written '}}'" : "a '{' has no '}'; one that is text is written '{{'");
            }
            else
            {
                if (ParseValue(template, template.Substring(i + 1, end - i - 1)) is not { } value)
                {
                    return null;
                }

                AddText();
                parts.Add(value);
                i = end;
            }
        }

        AddText();
        return new KeyTemplateModel(template, parts.ToEquatableArray());

        void AddText()
        {
            if (text.Length > 0)
            {
                parts.Add(new KeyPartModel(text.ToString()));
                text.Clear();
            }
        }
    }

    private KeyPartModel? ParseValue(string template, string hole)
    {
        var colon = hole.IndexOf(':');
        var (path, format) = colon < 0 ? (hole, null) : (hole.Substring(0, colon), hole.Substring(colon + 1));
        var names = path.Trim().Split('.');
        if (names.Any(static name => name.Length == 0))
        {
            Invalid(template, $"'{{{hole}}}' names nothing");
            return null;
        }

        var source = new StringBuilder();
        ITypeSymbol? type = null;
        for (var i = 0; i < names.Length; i++)
        {
            var next = type is null ? FindParameter(names[i]) : FindMember(type, names[i]);
            if (next is not var (name, found))
            {
                sink?.Report(JobDiagnostics.UnknownKeyPart, method, template, string.Join(".", names.Take(i + 1)), Known(type));
                return null;
            }

            source.Append(type is null ? "" : MayBeNull(type) ? "?." : ".").Append(Identifier.Escape(name));
            type = found;
        }

        return Describe(template, path.Trim(), type!, source, format);
    }

    private KeyPartModel? Describe(string template, string path, ITypeSymbol type, StringBuilder source, string? format)
    {
        var core = Core(type);
        if (core.TypeKind == TypeKind.Error)
        {
            // The compiler has told already.
            return null;
        }

        var isEnum = core.TypeKind == TypeKind.Enum;
        var kind = isEnum ? ValueKind.Int32 : ScalarTypes.Find(core);
        switch (kind)
        {
            case ValueKind.Uri:
                source.Append("?.OriginalString");
                break;
            case ValueKind.DateTimeOffset:
                // The same moment is the same key, wherever it was written down.
                source.Append(MayBeNull(type) ? "?." : ".").Append("UtcDateTime");
                break;
            case null or ValueKind.Single or ValueKind.Double or ValueKind.ByteArray or ValueKind.ReadOnlyMemoryOfByte or ValueKind.JsonElement:
                sink?.Report(JobDiagnostics.UnsuitableKeyPart, method, template, path, core.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
                return null;
        }

        if (format is null)
        {
            format = isEnum ? "D" : kind is ValueKind.DateTime or ValueKind.DateTimeOffset or ValueKind.DateOnly or ValueKind.TimeOnly ? "O" : null;
        }
        else if (isEnum || ProblemOf(format, kind.Value) is not null)
        {
            Invalid(template, isEnum ? $"'{path}' is an enum, which takes no format" : $"'{path}' {ProblemOf(format, kind.Value)}");
            return null;
        }

        return new KeyPartModel(source.ToString(), IsValue: true, format);
    }

    // What the type would throw at run time. Of the two that this framework lacks, a moment with the same members stands in.
    private static string? ProblemOf(string format, ValueKind kind)
    {
        if (format.Length == 0 || format.Any(static c => !(c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '-' or '.' or '/' or '_' or ',' or '#' or ' ')))
        {
            return $"has the format '{format}', and a format has letters, digits and '-./_,# ' only";
        }

        IFormattable? sample = kind switch
        {
            >= ValueKind.SByte and <= ValueKind.UInt64 => 7L,
            ValueKind.Decimal => 7m,
            ValueKind.Guid => Guid.Empty,
            ValueKind.TimeSpan => TimeSpan.Zero,
            ValueKind.DateTime or ValueKind.DateTimeOffset => Sample,
            ValueKind.DateOnly when format.IndexOfAny(['H', 'h', 'm', 's', 'f', 'F', 't', 'T', 'K', 'z', 'g', 'G', 'U', 'u']) < 0 => Sample,
            ValueKind.TimeOnly when format.IndexOfAny(['d', 'D', 'M', 'y', 'Y', 'K', 'z', 'g', 'G', 'U', 'u']) < 0 => Sample,
            _ => null,
        };
        try
        {
            return sample?.ToString(format, CultureInfo.InvariantCulture) is null ? $"takes no format '{format}'" : null;
        }
        catch (FormatException)
        {
            return $"takes no format '{format}'";
        }
    }

    private (string Name, ITypeSymbol Type)? FindParameter(string name) =>
        signature.BatchItem is { } item ? (name == BatchModel.ParameterName ? (BatchModel.PropertyName, item) : null)
        : signature.Payload.FirstOrDefault(parameter => parameter.Name == name) is { } found ? (Identifier.ToPascalCase(found.Name), found.Type)
        : null;

    private static (string Name, ITypeSymbol Type)? FindMember(ITypeSymbol type, string name) =>
        Core(type) is INamedTypeSymbol named && ObjectProperties.Find(named).FirstOrDefault(property => property.Name == name) is { } found ? (found.Name, found.Type) : null;

    private string Known(ITypeSymbol? type)
    {
        var names = type is not null ? Core(type) is INamedTypeSymbol named ? ObjectProperties.Find(named).Select(static property => property.Name) : []
            : signature.BatchItem is not null ? [BatchModel.ParameterName]
            : signature.Payload.Select(static parameter => parameter.Name);
        var list = string.Join(", ", names.Select(static name => $"'{name}'"));
        return list.Length == 0 ? "there is none" : $"use {list}";
    }

    private static ITypeSymbol Core(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable ? nullable.TypeArguments[0] : type;

    private static bool MayBeNull(ITypeSymbol type) => !type.IsValueType || !SymbolEqualityComparer.Default.Equals(type, Core(type));

    private KeyTemplateModel? Invalid(string template, string reason)
    {
        sink?.Report(JobDiagnostics.InvalidKeyTemplate, method, template, reason);
        return null;
    }
}
