using Jobs.Generators.Model;

namespace Jobs.Generators.Emission;

/// <summary>Writes the extension property that offers a client on <c>IJobClient</c>. Needs C# 14.</summary>
internal static class ExtensionEmitter
{
    public static void Emit(SourceWriter w, DeclaringTypeModel type)
    {
        var client = Identifier.Escape(type.ClientName);
        DocumentationEmitter.Summary(w, $"Offers <see cref=\"{client}\"/> on <see cref=\"global::Jobs.IJobClient\"/>.");
        w.WriteLine(GeneratedFile.Attribute);
        using (w.Block($"{GeneratedFile.Accessibility(type.IsPublic)} static class {Identifier.Escape(type.ClientName + "OnIJobClient")}"))
        {
            w.WriteLine($"private static {client}? _last;");
            w.WriteLine();
            w.WriteLine("/// <param name=\"jobs\">What enqueues.</param>");
            using (w.Block("extension(global::Jobs.IJobClient jobs)"))
            {
                // A host has one IJobClient, so remembering the last one saves the allocation.
                DocumentationEmitter.Summary(w, $"The jobs of <see cref=\"{type.DocumentationId}\"/>.");
                w.WriteLine($"public {client} {Identifier.Escape(type.PropertyName)} => _last is {{ }} last && last._jobs == jobs ? last : _last = new {client}(jobs);");
            }
        }
    }
}
