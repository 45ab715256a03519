using Jobs.Generators.Analysis;
using Jobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>Reads the names that a job had before.</summary>
internal static class AliasParser
{
    /// <summary>Parses them. One that is wrong is reported and left out.</summary>
    public static EquatableArray<string> Parse(IMethodSymbol method, AttributeData attribute, string name, IJobSink? sink)
    {
        var aliases = new List<string>();
        foreach (var alias in attribute.NamedArray("Aliases").Select(static a => a.Value as string))
        {
            var problem =
                alias is null || !JobNames.IsValid(alias) ? "a name has 1 to 128 ASCII letters, digits, '.', '-' and '_'"
                : alias == name ? "it is the job's name; keep former ones only"
                : aliases.Contains(alias) ? "it is listed twice; remove one"
                : null;
            if (problem is null)
            {
                aliases.Add(alias!);
            }
            else
            {
                sink?.Report(JobDiagnostics.InvalidAlias, method, alias ?? "null", problem);
            }
        }

        return aliases.ToEquatableArray();
    }
}
