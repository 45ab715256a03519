using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;

namespace Jobs.Generators.Parsing;

/// <summary>The names that follow from those of the user.</summary>
internal static class JobNames
{
    public const int MaxLength = 128;

    /// <summary>The type's name with those that it is nested in; an interface loses its <c>I</c>.</summary>
    public static string Compose(INamedTypeSymbol type)
    {
        var name = type.TypeKind == TypeKind.Interface ? WithoutInterfacePrefix(type.Name) : type.Name;
        for (var outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            name = outer.Name + name;
        }

        return name;
    }

    public static string Client(INamedTypeSymbol type) =>
        type.FindAttribute("JobClientAttribute")?.Named<string>("Name") is { Length: > 0 } name ? name : Compose(type) + "Client";

    /// <summary>The job's name on the wire, given or derived.</summary>
    public static string Job(IMethodSymbol method, AttributeData attribute) =>
        attribute.ConstructorArguments is [{ Value: string given }] ? given : Derive(method);

    public static string Args(IMethodSymbol method) =>
        method.FindAttribute("JobAttribute")?.Named<string>("ArgsName") is { Length: > 0 } name ? name : WithoutSuffix(method.Name, "Async") + "Args";

    /// <summary><c>EmailJobs.SendWelcomeAsync</c> is <c>email.send-welcome</c>.</summary>
    public static string Derive(IMethodSymbol method)
    {
        var type = Compose(method.ContainingType);
        var stem = WithoutSuffix(WithoutSuffix(type, "Jobs"), "Job");
        return $"{ToKebabCase(stem)}.{ToKebabCase(WithoutSuffix(method.Name, "Async"))}";
    }

    /// <summary>True for 1 to 128 ASCII letters, digits, dots, hyphens and underscores.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= MaxLength && name.All(static c => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '.' or '-' or '_');

    /// <summary>True for what can name a queue: 1 to 64 ASCII letters, digits, hyphens and underscores.</summary>
    public static bool IsQueue(string name) => name.Length <= 64 && IsValid(name) && name.IndexOf('.') < 0;

    /// <summary><c>URLFetch</c> is <c>url-fetch</c>: a word starts at a capital after a small letter or digit, or before a small letter.</summary>
    public static string ToKebabCase(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (c == '_')
            {
                Separate(text);
                continue;
            }

            if (char.IsUpper(c) && i > 0 && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))))
            {
                Separate(text);
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString().TrimEnd('-');
    }

    /// <summary>The name of an assembly's registration method: <c>MyApp.Jobs</c> is <c>AddMyAppJobs</c>.</summary>
    public static string Registration(string assemblyName)
    {
        var segments = assemblyName.Split('.');
        var last = segments.Length - 1;
        while (last > 0 && segments[last] is "Jobs" or "")
        {
            last--;
        }

        var stem = ToIdentifier(segments[last]);
        return stem == "Jobs" ? "AddJobs" : "Add" + WithoutSuffix(stem, "Jobs") + "Jobs";
    }

    /// <summary>Drops what an identifier cannot hold, and starts a word after it: <c>my-app</c> is <c>MyApp</c>.</summary>
    public static string ToIdentifier(string text)
    {
        var name = new StringBuilder(text.Length);
        var startsWord = true;
        foreach (var c in text)
        {
            if (char.IsLetterOrDigit(c) || c == '_')
            {
                name.Append(startsWord ? char.ToUpperInvariant(c) : c);
                startsWord = false;
            }
            else
            {
                startsWord = true;
            }
        }

        return name.ToString();
    }

    /// <summary>An identifier that no other text has: what it cannot hold is spelled by its number.</summary>
    public static string ToUniqueIdentifier(string text)
    {
        var name = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsLetter(c) || (char.IsDigit(c) && i > 0))
            {
                name.Append(c);
            }
            else if (c == '.' && i + 1 < text.Length && text[i + 1] != 'x')
            {
                name.Append('_');
            }
            else
            {
                name.Append("_x").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
        }

        return name.ToString();
    }

    /// <summary>The name without the suffix, unless nothing would be left.</summary>
    public static string WithoutSuffix(string name, string suffix) =>
        name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal) ? name.Substring(0, name.Length - suffix.Length) : name;

    private static string WithoutInterfacePrefix(string name) =>
        name.Length > 1 && name[0] == 'I' && char.IsUpper(name[1]) ? name.Substring(1) : name;

    private static void Separate(StringBuilder text)
    {
        if (text.Length > 0 && text[text.Length - 1] != '-')
        {
            text.Append('-');
        }
    }
}
