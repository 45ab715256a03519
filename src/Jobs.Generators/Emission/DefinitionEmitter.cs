using System.Globalization;
using Jobs.Generators.Model;

namespace Jobs.Generators.Emission;

/// <summary>Writes the definition of one job.</summary>
internal static class DefinitionEmitter
{
    public static void Emit(SourceWriter w, JobModel job, JobTypeNames names)
    {
        var types = job.Result is { } result ? $"{names.Args}, {result.Type.FullName}" : names.Args;
        using (w.Block($"private sealed class {names.Definition} : global::Jobs.Definitions.JobDefinition<{types}>"))
        {
            using (w.Block($"internal static readonly {names.Definition} Instance = new()", ";"))
            {
                EmitSettings(w, job);
            }

            w.WriteLine();
            w.WriteLine($$"""
                private {{names.Definition}}()
                    : base({{Literal.Of(job.Name)}})
                {
                }
                """);
            w.WriteLine();
            if (job.Batch is { } batch)
            {
                SerializerEmitter.EmitItem(w, batch.Item, names.Args);
            }
            else
            {
                SerializerEmitter.Emit(w, job.Payload, names.Args);
            }

            KeyTemplateEmitter.Emit(w, "KeyOf", job.Key, names.Args);
            KeyTemplateEmitter.Emit(w, "ConcurrencyKeyOf", job.Claims.ConcurrencyKey, names.Args);
            KeyTemplateEmitter.Emit(w, "IdempotencyKeyOf", job.Claims.IdempotencyKey, names.Args);
            UpcastEmitter.Emit(w, job.Upcasts, names.Args);
            if (job.Result is not null)
            {
                w.WriteLine();
                SerializerEmitter.EmitResult(w, job.Result);
            }
        }
    }

    private static void EmitSettings(SourceWriter w, JobModel job)
    {
        if (job.Version != 1)
        {
            w.WriteLine($"Version = {Literal.Of(job.Version)},");
        }

        if (job.Upcasts.Count > 0)
        {
            w.WriteLine($"OldestVersion = {Literal.Of(job.Upcasts[0].FromVersion)},");
        }

        if (job.Aliases.Count > 0)
        {
            w.WriteLine($"Aliases = new string[] {{ {string.Join(", ", job.Aliases.Select(static a => Literal.Of(a)))} }},");
        }

        if (job.Queue is not null)
        {
            w.WriteLine($"Queue = {Literal.Of(job.Queue)},");
        }

        PolicyEmitter.Emit(w, job.Policy, job.Claims);
        if (job.Batch is { } batch)
        {
            w.WriteLine($"Batch = new global::Jobs.Definitions.BatchPolicy({Literal.Of(batch.Size)}, {Duration(batch.WindowTicks)}),");
        }

        Template(w, "KeyTemplate", job.Key);
        Template(w, "ConcurrencyTemplate", job.Claims.ConcurrencyKey);
        Template(w, "IdempotencyTemplate", job.Claims.IdempotencyKey);

        ScheduleEmitter.Emit(w, job.Schedules);
        w.WriteLine($"Location = {Literal.Of(job.Location)},");
        if (job.Batch is null ? job.Payload.IsImmutable : job.Batch.Item.IsImmutable)
        {
            w.WriteLine("HasImmutableArgs = true,");
        }
    }

    private static void Template(SourceWriter w, string name, KeyTemplateModel? template)
    {
        if (template is not null)
        {
            w.WriteLine($"{name} = {Literal.Of(template.Text)},");
        }
    }

    public static string Duration(long ticks) => $"global::System.TimeSpan.FromTicks({ticks.ToString(CultureInfo.InvariantCulture)}L)";
}
