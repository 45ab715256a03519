using System.Collections.Immutable;
using Jobs.Generators.Emission;
using Jobs.Generators.Model;

namespace Jobs.Generators.Parsing;

/// <summary>Tells which unknown types are generated clients, once it is known which clients there are.</summary>
internal static class ClientResolver
{
    private const string Nullable = "System.Nullable{";

    /// <summary>Resolves what jobs name. A job whose method names anything else is left out: its signature cannot be known.</summary>
    public static ImmutableArray<ParsedJob?> Resolve(ImmutableArray<ParsedJob?> jobs)
    {
        // With the last job of a type goes its client, which another job may name.
        while (true)
        {
            var clients = new HashSet<string>(jobs.OfType<ParsedJob>().Select(static j => j.Type.ClientFullName), StringComparer.Ordinal);
            var kept = jobs.RemoveAll(j => j is null || j.Clients.Any(c => Find(c, clients) is null));
            if (kept.Length == jobs.Length)
            {
                return kept.Select(j => Resolve(j!, clients)).ToImmutableArray();
            }

            jobs = kept;
        }
    }

    /// <summary>Resolves what the handlers of a class name.</summary>
    /// <returns>Null if none is left.</returns>
    public static HandlerClassModel? Resolve(HandlerClassModel handlers, EquatableArray<string> clients)
    {
        var known = new HashSet<string>(clients, StringComparer.Ordinal);
        var kept = handlers.Handlers
            .Where(h => h.Call.Arguments.All(a => a.Service?.Client is not { } client || Find(client, known) is not null))
            .Select(h => h with { Call = Resolve(h.Call, known) })
            .ToEquatableArray();
        return kept.Count == 0 ? null : handlers with { Handlers = kept };
    }

    private static ParsedJob? Resolve(ParsedJob job, HashSet<string> clients) => job with
    {
        Job = job.Job with
        {
            Call = job.Job.Call is { } call ? Resolve(call, clients) : null,
            Documentation = job.Clients.Count == 0 ? job.Job.Documentation : Resolve(job.Job.Documentation, job.Clients, clients),
        },
        Clients = [],
    };

    private static CallModel Resolve(CallModel call, HashSet<string> clients) => call with
    {
        Instance = call.Instance is { } instance ? Resolve(instance, clients) : null,
        Arguments = call.Arguments.Select(a => a.Service is { } service ? a with { Service = Resolve(service, clients) } : a).ToEquatableArray(),
    };

    private static InstanceModel Resolve(InstanceModel instance, HashSet<string> clients) =>
        instance.Constructor.All(s => s.Client is not { } client || Find(client, clients) is not null)
            ? instance with { Constructor = instance.Constructor.Select(s => Resolve(s, clients)).ToEquatableArray() }
            : instance with { MustBeRegistered = true, Constructor = [] };

    private static ServiceModel Resolve(ServiceModel service, HashSet<string> clients) =>
        service.Client is { } client && Find(client, clients) is { } name ? service with { Type = name, Client = null } : service;

    // The compiler made the id before the client existed, so it lacks the namespace.
    private static DocumentationModel Resolve(DocumentationModel documentation, EquatableArray<ClientReference> references, HashSet<string> clients)
    {
        var names = references.ToLookup(static r => r.Name, r => Find(r, clients)!.Substring("global::".Length).Replace("@", ""), StringComparer.Ordinal);
        var start = documentation.Id.IndexOf('(') + 1;
        var parameters = documentation.Id.Substring(start).TrimEnd(')').Split(',').Select(p => names[WithoutNullable(p)].FirstOrDefault() ?? p);
        return documentation with { Id = $"{documentation.Id.Substring(0, start)}{string.Join(",", parameters)})" };
    }

    private static string WithoutNullable(string id) =>
        id.StartsWith(Nullable, StringComparison.Ordinal) ? id.Substring(Nullable.Length).TrimEnd('}') : id;

    private static string? Find(ClientReference reference, HashSet<string> clients) => reference.Candidates.FirstOrDefault(clients.Contains);
}
