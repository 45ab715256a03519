namespace Jobs.Generators.Model;

/// <summary>One parameter of a job that travels.</summary>
internal sealed record PayloadMember
{
    /// <summary>The parameter's name, not escaped.</summary>
    public required string Name { get; init; }

    /// <summary>The name of its property in the args.</summary>
    public required string PropertyName { get; init; }

    public required string JsonName { get; init; }

    public required ValueModel Value { get; init; }

    /// <summary>False if a null is an error.</summary>
    public required bool AllowsNull { get; init; }

    /// <summary>The source of the default value, or null if the member is required.</summary>
    public string? Default { get; init; }

    public TypeRef Type => Value.Type;
}
