using Jobs.Generators.Model;
using Microsoft.CodeAnalysis.Text;

namespace Jobs.Generators.Emission;

/// <summary>Writes the file of one <c>[JobHandler]</c> class: the handlers of its contracts' jobs.</summary>
internal static class HandlerClassEmitter
{
    public static SourceText Emit(HandlerClassModel model)
    {
        var w = GeneratedFile.Start(model.Namespace);
        w.WriteLine(GeneratedFile.Attribute);
        using (w.Block($"internal static class {Identifier.Escape(model.Name)}"))
        {
            w.WriteLine(GeneratedFile.HiddenAttribute);
            using (w.Block("internal static void Register(global::Jobs.IJobsBuilder builder)"))
            {
                for (var i = 0; i < model.Handlers.Count; i++)
                {
                    w.WriteLine($"builder.AddDefinition(global::Jobs.Definitions.JobDefinition.Of<{model.Handlers[i].ArgsType}>());");
                    w.WriteLine($"builder.AddHandler({Name(model, i)}.Instance);");
                }
            }

            for (var i = 0; i < model.Handlers.Count; i++)
            {
                var handler = model.Handlers[i];
                w.WriteLine();
                HandlerEmitter.Emit(w, Name(model, i), handler.ArgsType, handler.Location, handler.Call);
            }
        }

        return w.ToSourceText();
    }

    // Two contracts may have a job of the same name.
    private static string Name(HandlerClassModel model, int index)
    {
        var stem = model.Handlers[index].Stem;
        var earlier = model.Handlers.Take(index).Count(h => h.Stem == stem);
        return Identifier.Escape(earlier == 0 ? stem + "Handler" : $"{stem}Handler{Literal.Of(earlier + 1)}");
    }
}
