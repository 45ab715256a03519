using System.Collections.Immutable;
using Jobs.Generators.Emission;
using Jobs.Generators.Model;

namespace Jobs.Generators.Parsing;

/// <summary>Brings the jobs of each declaring type together. Of jobs whose generated names collide, the first stays.</summary>
internal static class ClientGrouping
{
    /// <summary>Groups jobs.</summary>
    /// <param name="jobs">The jobs of an assembly, in the order of the source; null is one that could not be parsed.</param>
    /// <param name="onCollision">Takes a job that is left out, and the name that is taken.</param>
    public static ImmutableArray<ClientModel> Group(ImmutableArray<ParsedJob?> jobs, Action<ParsedJob, string>? onCollision = null)
    {
        var clients = ImmutableArray.CreateBuilder<ClientModel>();
        var clientNames = new HashSet<string>(StringComparer.Ordinal);
        var hintNames = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var group in jobs.OfType<ParsedJob>().GroupBy(static j => j.Type.FullName))
        {
            var type = group.First().Type;
            var fullName = type.ClientFullName;
            if (!clientNames.Add(fullName))
            {
                foreach (var job in group)
                {
                    onCollision?.Invoke(job, type.ClientName);
                }

                continue;
            }

            var kept = Keep(group, onCollision);
            if (kept.Count > 0)
            {
                var hint = fullName.Substring("global::".Length);
                clients.Add(new ClientModel(type, kept.ToEquatableArray(), HintName.Of(hint, hintNames.Add(hint))));
            }
        }

        return clients.ToImmutable();
    }

    private static List<JobModel> Keep(IEnumerable<ParsedJob> group, Action<ParsedJob, string>? onCollision)
    {
        var kept = new List<JobModel>();
        var types = new HashSet<string>(StringComparer.Ordinal);
        var methods = new HashSet<string>(StringComparer.Ordinal);
        var signatures = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parsed in group)
        {
            var job = parsed.Job;
            var taken =
                job.ArgsName == parsed.Type.ClientName || methods.Contains(job.ArgsName) || types.Contains(job.ArgsName) ? job.ArgsName
                : job.MethodName == parsed.Type.ClientName || job.MethodName == "_jobs" || types.Contains(job.MethodName) || signatures.Contains(Signature(job)) ? job.MethodName
                : null;
            if (taken is not null)
            {
                onCollision?.Invoke(parsed, taken);
                continue;
            }

            kept.Add(job);
            types.Add(job.ArgsName);
            methods.Add(job.MethodName);
            signatures.Add(Signature(job));
        }

        return kept;
    }

    private static string Signature(JobModel job) =>
        $"{job.MethodName}({job.Batch?.Item.Type.Name}{string.Join(",", job.Payload.Members.Select(static m => m.Type is { IsValueType: true, IsNullable: true } ? m.Type.FullName : m.Type.Name))})";
}
