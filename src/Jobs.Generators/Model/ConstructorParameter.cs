namespace Jobs.Generators.Model;

/// <summary>A parameter of a payload type's constructor.</summary>
/// <param name="Member">The index of the member that it takes, or -1 if it is ignored and always gets its default.</param>
/// <param name="Default">The source of the value to pass when the JSON has none; null if there is none.</param>
internal sealed record ConstructorParameter(int Member, string? Default);
