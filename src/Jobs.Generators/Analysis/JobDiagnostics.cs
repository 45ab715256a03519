namespace Jobs.Generators.Analysis;

/// <summary>The ids of what can be wrong with a job. An id is never given a second meaning.</summary>
internal static class JobDiagnostics
{
    public const string InaccessibleJob = "JOBS001";
    public const string GenericJob = "JOBS002";
    public const string UnsupportedDeclaringType = "JOBS003";
    public const string UnsupportedReturnType = "JOBS004";
    public const string UnsupportedParameter = "JOBS005";
    public const string AmbiguousService = "JOBS006";
    public const string RepeatedParameter = "JOBS007";
    public const string InvalidBatch = "JOBS008";
    public const string InvalidName = "JOBS009";
    public const string InvalidSetting = "JOBS010";
    public const string MissingContract = "JOBS011";
    public const string CollidingName = "JOBS012";
    public const string UnserializablePayload = "JOBS013";
    public const string UnserializableResult = "JOBS014";
    public const string UselessHandler = "JOBS015";
}
