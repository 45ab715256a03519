namespace Jobs.Generators.Model;

/// <summary>A class, struct or record that is written as a JSON object.</summary>
internal sealed record ObjectShape : PayloadShape
{
    /// <summary>In the order of writing: the most derived type's first, then its base's.</summary>
    public required EquatableArray<ObjectMember> Members { get; init; }

    /// <summary>The parameters of the constructor to call.</summary>
    public required EquatableArray<ConstructorParameter> Constructor { get; init; }
}
