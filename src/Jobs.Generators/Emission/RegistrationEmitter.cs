using Jobs.Generators.Model;
using Jobs.Generators.Parsing;
using Microsoft.CodeAnalysis.Text;

namespace Jobs.Generators.Emission;

/// <summary>Writes the one registration of an assembly.</summary>
internal static class RegistrationEmitter
{
    // No client's file is called so: theirs have no hyphen, or one before a hash.
    public const string HintName = "JobsRegistration-all.g.cs";

    public static SourceText Emit(RegistrationModel model)
    {
        // "using Jobs;" finds it; the class has the assembly's whole name, so that those of two assemblies are never one.
        var w = GeneratedFile.Start("Jobs");
        DocumentationEmitter.Summary(w, $"Registers the jobs of {model.AssemblyName}.");
        w.WriteLine(GeneratedFile.Attribute);
        using (w.Block($"public static class {ClassName(model.AssemblyName)}"))
        {
            DocumentationEmitter.Summary(w, $"Makes the jobs of {model.AssemblyName} known: their definitions, handlers and clients. A second call changes nothing.");
            w.WriteLine($"/// <remarks>If another assembly has a method of this name, call this one as <c>{ClassName(model.AssemblyName)}.{JobNames.Registration(model.AssemblyName)}(jobs)</c>.</remarks>");
            DocumentationEmitter.Parameter(w, "jobs", "The host's jobs.");
            using (w.Block($"public static global::Jobs.IJobsBuilder {JobNames.Registration(model.AssemblyName)}(this global::Jobs.IJobsBuilder jobs)"))
            {
                w.WriteLine("global::System.ArgumentNullException.ThrowIfNull(jobs);");
                foreach (var type in model.Types)
                {
                    w.WriteLine($"{type}.Register(jobs);");
                }

                w.WriteLine("return jobs;");
            }
        }

        return w.ToSourceText();
    }

    private static string ClassName(string assemblyName) => JobNames.ToUniqueIdentifier(assemblyName) + "JobsRegistration";
}
