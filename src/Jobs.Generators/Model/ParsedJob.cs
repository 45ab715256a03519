namespace Jobs.Generators.Model;

/// <summary>One job and where it is declared, before jobs of one type are brought together.</summary>
/// <param name="Type">Where it is declared.</param>
/// <param name="Job">The job.</param>
/// <param name="Clients">The types of parameters that do not exist yet.</param>
internal sealed record ParsedJob(DeclaringTypeModel Type, JobModel Job, EquatableArray<ClientReference> Clients);
