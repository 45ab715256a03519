namespace Jobs.Generators.Model;

/// <summary>How a value read reaches its property.</summary>
internal enum MemberAssignment
{
    /// <summary>Never: it is computed.</summary>
    None,

    /// <summary>As an argument of the constructor.</summary>
    Constructor,

    /// <summary>In the object initializer, which C# demands of <c>required</c> members.</summary>
    Initializer,

    /// <summary>By its setter, when it was in the JSON.</summary>
    Setter,

    /// <summary>By its init accessor, when it was in the JSON: otherwise the type's own initial value must stay.</summary>
    InitAccessor,
}
