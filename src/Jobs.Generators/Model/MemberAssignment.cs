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

    /// <summary>In the object initializer; when the JSON lacks it, with the value that the type itself begins with.</summary>
    OptionalInitializer,
}
