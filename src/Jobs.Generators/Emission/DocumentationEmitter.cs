using Jobs.Generators.Model;

namespace Jobs.Generators.Emission;

/// <summary>Writes XML documentation.</summary>
internal static class DocumentationEmitter
{
    public static void Summary(SourceWriter w, string text) => Element(w, "<summary>", text, "</summary>");

    public static void Parameter(SourceWriter w, string name, string text) => Element(w, $"<param name=\"{name}\">", text, "</param>");

    /// <summary>The user's summary, if there is one, and the way back to the method.</summary>
    public static void Job(SourceWriter w, DocumentationModel documentation, string verb)
    {
        var reference = $"{verb} <see cref=\"{documentation.Id}\"/>.";
        Summary(w, documentation.Summary ?? reference);
        if (documentation.Summary is not null)
        {
            w.WriteLine($"/// <remarks>{reference}</remarks>");
        }
    }

    private static void Element(SourceWriter w, string start, string text, string end)
    {
        if (text.IndexOf('\n') < 0)
        {
            w.WriteLine($"/// {start}{text}{end}");
            return;
        }

        w.WriteLine($"/// {start}");
        w.WriteLine("/// " + text.Replace("\n", "\n/// "));
        w.WriteLine($"/// {end}");
    }
}
