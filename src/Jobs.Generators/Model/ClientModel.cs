namespace Jobs.Generators.Model;

/// <summary>One generated file: the client of one declaring type.</summary>
internal sealed record ClientModel(DeclaringTypeModel Type, EquatableArray<JobModel> Jobs, string HintName);
