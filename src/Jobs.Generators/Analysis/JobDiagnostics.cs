namespace Jobs.Generators.Analysis;

/// <summary>The ids of what can be wrong with a job, and what each tells. An id is never given a second meaning.</summary>
internal static class JobDiagnostics
{
    /// <summary>Generated code cannot name the method or its class: the name.</summary>
    public const string InaccessibleJob = "JOBS001";

    /// <summary>The method or its class is generic: the name.</summary>
    public const string GenericJob = "JOBS002";

    /// <summary>Neither a class, a struct nor an interface's instance methods: the type.</summary>
    public const string UnsupportedDeclaringType = "JOBS003";

    /// <summary><c>async void</c>, or a reference: the method, the return type.</summary>
    public const string UnsupportedReturnType = "JOBS004";

    /// <summary>Neither payload nor service: the parameter, its type, the reason.</summary>
    public const string UnsupportedParameter = "JOBS005";

    /// <summary>It would travel, but looks like a service: the parameter, its type, why it does.</summary>
    public const string AmbiguousService = "JOBS006";

    /// <summary>A token, context or batch twice: the parameter, its type.</summary>
    public const string RepeatedParameter = "JOBS007";

    /// <summary>A batch of the wrong shape: what is expected.</summary>
    public const string InvalidBatch = "JOBS008";

    /// <summary>A name that the wire or C# does not allow: the name.</summary>
    public const string InvalidName = "JOBS009";

    /// <summary>A setting of the wrong form or out of range: the setting, its value, what is expected.</summary>
    public const string InvalidSetting = "JOBS010";

    /// <summary>A job in an interface that is not a contract: the interface.</summary>
    public const string MissingContract = "JOBS011";

    /// <summary>A generated name that is taken: the name, what it is generated of.</summary>
    public const string CollidingName = "JOBS012";

    /// <summary>A payload that cannot be serialized: the path, its type, the reason.</summary>
    public const string UnserializablePayload = "JOBS013";

    /// <summary>A result that cannot be serialized: the path, its type, the reason.</summary>
    public const string UnserializableResult = "JOBS014";

    /// <summary>A handler that implements no contract: the class.</summary>
    public const string UselessHandler = "JOBS015";
}
