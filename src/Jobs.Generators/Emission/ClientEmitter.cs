using Jobs.Generators.Model;
using Microsoft.CodeAnalysis.Text;

namespace Jobs.Generators.Emission;

/// <summary>Writes the file of one declaring type: the client, and in it the args, definition and handler of each job.</summary>
internal static class ClientEmitter
{
    public static SourceText Emit(ClientModel client, bool hasExtensionMembers)
    {
        var type = client.Type;
        var w = GeneratedFile.Start(type.Namespace);
        var name = Identifier.Escape(type.ClientName);
        DocumentationEmitter.Summary(w, $"Enqueues the jobs of <see cref=\"{type.DocumentationId}\"/>.");
        w.WriteLine("/// <remarks>Safe for concurrent use.</remarks>");
        w.WriteLine(GeneratedFile.Attribute);
        using (w.Block($"{GeneratedFile.Accessibility(type.IsPublic)} sealed class {name}"))
        {
            w.WriteLine($$"""
                {{GeneratedFile.HiddenAttribute}}
                internal readonly global::Jobs.IJobClient _jobs;

                /// <summary>Makes a client.</summary>
                public {{name}}(global::Jobs.IJobClient jobs)
                {
                    global::System.ArgumentNullException.ThrowIfNull(jobs);
                    this._jobs = jobs;
                }
                """);
            foreach (var job in client.Jobs)
            {
                w.WriteLine();
                MethodEmitter.Emit(w, job);
            }

            EmitRegister(w, client, name);
            foreach (var job in client.Jobs)
            {
                var names = JobTypeNames.Of(job, client);
                w.WriteLine();
                ArgsEmitter.Emit(w, job, names);
                w.WriteLine();
                DefinitionEmitter.Emit(w, job, names);
                if (job.Call is not null)
                {
                    w.WriteLine();
                    HandlerEmitter.Emit(w, names.Handler, names.Args, job.Location, job.Call);
                }
            }
        }

        if (hasExtensionMembers)
        {
            w.WriteLine();
            ExtensionEmitter.Emit(w, type);
        }

        return w.ToSourceText();
    }

    private static void EmitRegister(SourceWriter w, ClientModel client, string name)
    {
        w.WriteLine();
        w.WriteLine(GeneratedFile.HiddenAttribute);
        using (w.Block("internal static void Register(global::Jobs.IJobsBuilder builder)"))
        {
            foreach (var job in client.Jobs)
            {
                var names = JobTypeNames.Of(job, client);
                w.WriteLine($"builder.AddDefinition({names.Definition}.Instance);");
                if (job.Call is not null)
                {
                    w.WriteLine($"builder.AddHandler({names.Handler}.Instance);");
                }
            }

            w.WriteLine($$"""
                global::Microsoft.Extensions.DependencyInjection.Extensions.ServiceCollectionDescriptorExtensions.TryAddSingleton(
                    builder.Services,
                    static services => new {{name}}(
                        global::Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<global::Jobs.IJobClient>(services)));
                """);
        }
    }
}
