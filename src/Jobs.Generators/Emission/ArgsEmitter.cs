using Jobs.Generators.Model;

namespace Jobs.Generators.Emission;

/// <summary>Writes the args of one job.</summary>
internal static class ArgsEmitter
{
    public static void Emit(SourceWriter w, JobModel job, JobTypeNames names)
    {
        EmitDocumentation(w, job);
        var args = names.Args;
        var contract = job.Result is { } result
            ? $"global::Jobs.Definitions.IJobArgs<{args}, {result.Type.FullName}>"
            : $"global::Jobs.Definitions.IJobArgs<{args}>";
        var members = job.Batch is { } batch
            ? $"{batch.Item.Type.FullName} {BatchModel.PropertyName}"
            : string.Join(", ", job.Payload.Members.Select(static m => ClientParameters.Declare(m, m.PropertyName)));
        using (w.Block($"{GeneratedFile.Accessibility(job.IsPublic)} readonly record struct {args}({members}) : {contract}"))
        {
            // Without it "new()" would zero the members instead of giving them their defaults.
            if (job.Payload.Members.Count > 0 && job.Payload.Members.All(static m => m.Default is not null))
            {
                w.WriteLine($$"""
                    /// <summary>Makes args of the defaults.</summary>
                    public {{args}}()
                        : this({{string.Join(", ", job.Payload.Members.Select(static m => m.Default))}})
                    {
                    }

                    """);
            }

            w.WriteLine($"static global::Jobs.Definitions.JobDefinition<{args}> global::Jobs.Definitions.IJobArgs<{args}>.Definition => {names.Definition}.Instance;");
        }
    }

    private static void EmitDocumentation(SourceWriter w, JobModel job)
    {
        DocumentationEmitter.Summary(w, $"The arguments of <see cref=\"{job.Documentation.Id}\"/>.");
        if (job.Batch is not null)
        {
            DocumentationEmitter.Parameter(w, BatchModel.PropertyName, "One item of the batch.");
        }

        foreach (var member in job.Payload.Members)
        {
            DocumentationEmitter.Parameter(w, member.PropertyName, job.Documentation.OfParameter(member.Name) ?? "Travels with the job.");
        }
    }
}
