using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Jobs.Definitions;
using Jobs.Messages;

namespace Jobs.Catalog;

/// <summary>The jobs that this host knows, with their settings. Immutable; one per host.</summary>
public sealed class JobCatalog
{
    private readonly FrozenDictionary<string, JobRegistration> _byName;
    private readonly JobRegistration?[] _byOrdinal;

    internal JobCatalog(IReadOnlyList<JobRegistration> registrations)
    {
        All = registrations;
        var byName = new Dictionary<string, JobRegistration>(StringComparer.Ordinal);
        foreach (var registration in registrations)
        {
            byName.Add(registration.Definition.Name, registration);
            foreach (var alias in registration.Definition.Aliases)
            {
                byName.Add(alias, registration);
            }
        }

        _byName = byName.ToFrozenDictionary(StringComparer.Ordinal);
        _byOrdinal = new JobRegistration?[registrations.Count == 0 ? 0 : registrations.Max(registration => registration.Definition.Ordinal) + 1];
        foreach (var registration in registrations)
        {
            _byOrdinal[registration.Definition.Ordinal] = registration;
        }
    }

    /// <summary>All jobs, in the order they were added.</summary>
    public IReadOnlyList<JobRegistration> All { get; }

    /// <summary>Finds the job that a message names, by its name or an alias.</summary>
    /// <returns>False if the name is not known, or this version of the arguments cannot be read.</returns>
    public bool TryGet(string name, int version, [NotNullWhen(true)] out JobRegistration? registration)
    {
        if (_byName.TryGetValue(name, out registration) && version >= registration.Definition.OldestVersion && version <= registration.Definition.Version)
        {
            return true;
        }

        registration = null;
        return false;
    }

    /// <summary>Finds the job of a message; one that was never encoded knows its definition, which spares the look-up by name.</summary>
    internal JobRegistration? Find(JobMessage message)
    {
        if (message.KnownDefinition is { } definition)
        {
            return definition.Ordinal < _byOrdinal.Length ? _byOrdinal[definition.Ordinal] : null;
        }

        return TryGet(message.Name, message.Version, out var registration) ? registration : null;
    }

    /// <summary>The registration of a definition.</summary>
    /// <exception cref="JobConfigurationException">The host does not know it.</exception>
    public JobRegistration Get(JobDefinition definition)
    {
        var ordinal = definition.Ordinal;
        return ordinal < _byOrdinal.Length && _byOrdinal[ordinal] is { } registration ? registration : throw Unknown(definition);
    }

    private static JobConfigurationException Unknown(JobDefinition definition) =>
        new($"Job '{definition.Name}' ({definition.Location}) is not registered in this host. Call the generated Add…Jobs() of its assembly inside AddJobs.");
}
