using Jobs.Generators.Model;

namespace Jobs.Generators.Emission;

/// <summary>Writes what makes a key of a job's args: the same text in every culture, without boxing where nothing may be null.</summary>
internal static class KeyTemplateEmitter
{
    /// <summary>Writes the member of a definition that makes a key, if there is a template.</summary>
    /// <param name="w">The writer.</param>
    /// <param name="member">The member of <c>JobDefinition&lt;TArgs&gt;</c> to override.</param>
    /// <param name="template">The template, or null.</param>
    /// <param name="argsType">The type of the args.</param>
    public static void Emit(SourceWriter w, string member, KeyTemplateModel? template, string argsType)
    {
        if (template is not null)
        {
            w.WriteLine();
            w.WriteLine($"public override string {member}(in {argsType} args) => {Expression(template)};");
        }
    }

    private static string Expression(KeyTemplateModel template) => template.Parts.Any(static part => part.IsValue)
        ? $"string.Create(global::System.Globalization.CultureInfo.InvariantCulture, $\"{string.Concat(template.Parts.Select(Part))}\")"
        : Literal.Of(string.Concat(template.Parts.Select(static part => part.Text)));

    private static string Part(KeyPartModel part)
    {
        if (part.IsValue)
        {
            return part.Format is null ? $"{{args.{part.Text}}}" : $"{{(args.{part.Text}):{part.Format}}}";
        }

        var quoted = Literal.Of(part.Text);
        return quoted.Substring(1, quoted.Length - 2).Replace("{", "{{").Replace("}", "}}");
    }
}
