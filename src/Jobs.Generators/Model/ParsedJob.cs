namespace Jobs.Generators.Model;

/// <summary>One job and where it is declared, before jobs of one type are brought together.</summary>
internal sealed record ParsedJob(DeclaringTypeModel Type, JobModel Job);
