using Jobs.Generators.Model;
using Jobs.Generators.Parsing;

namespace Jobs.Generators.Emission;

/// <summary>The names of the types that are generated for one job, escaped.</summary>
internal readonly record struct JobTypeNames(string Args, string Definition, string Handler)
{
    public static JobTypeNames Of(JobModel job, ClientModel client)
    {
        var stem = JobNames.WithoutSuffix(job.ArgsName, "Args");
        return new JobTypeNames(Identifier.Escape(job.ArgsName), Free(stem + "Definition", client), Free(stem + "Handler", client));
    }

    // Nobody names these two, so they give way to jobs that are called like them.
    private static string Free(string name, ClientModel client)
    {
        while (client.Type.ClientName == name || client.Jobs.Any(j => j.MethodName == name || j.ArgsName == name))
        {
            name += "_";
        }

        return Identifier.Escape(name);
    }
}
