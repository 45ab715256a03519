using Jobs.Generators.Model;

namespace Jobs.Generators.Emission;

/// <summary>Writes the method of a client that enqueues one job.</summary>
internal static class MethodEmitter
{
    public static void Emit(SourceWriter w, JobModel job)
    {
        var parameters = new ClientParameters(job);
        EmitDocumentation(w, job, parameters);
        var args = Identifier.Escape(job.ArgsName);
        var handle = job.Result is { } result ? $"global::Jobs.JobHandle<{result.Type.FullName}>" : "global::Jobs.JobHandle";
        var types = job.Result is { Type.FullName: var resultType } ? $"<{args}, {resultType}>" : $"<{args}>";
        var payload = string.Concat(parameters.Payload.Select(static p => $"{p}, "));
        var values = string.Join(", ", parameters.PayloadNames.Select(Identifier.Escape));
        w.WriteLine($$"""
            {{GeneratedFile.Accessibility(job.IsPublic)}} global::System.Threading.Tasks.ValueTask<{{handle}}> {{Identifier.Escape(job.MethodName)}}({{payload}}global::Jobs.EnqueueOptions? {{parameters.Options}} = null, global::System.Threading.CancellationToken {{parameters.CancellationToken}} = default) =>
                this._jobs.EnqueueAsync{{types}}(new {{args}}({{values}}), {{parameters.Options}}, {{parameters.CancellationToken}});
            """);
    }

    private static void EmitDocumentation(SourceWriter w, JobModel job, ClientParameters parameters)
    {
        DocumentationEmitter.Job(w, job.Documentation, "Enqueues");
        foreach (var name in parameters.PayloadNames)
        {
            DocumentationEmitter.Parameter(w, name, job.Documentation.OfParameter(name) ?? (job.Batch is null ? "Travels with the job." : "One item of the batch."));
        }

        DocumentationEmitter.Parameter(w, parameters.Options, "What this call asks for beyond the job's settings.");
        DocumentationEmitter.Parameter(w, parameters.CancellationToken, "Ends the wait, not the job.");
    }
}
