namespace Jobs;

/// <summary>Declares a static method that turns the arguments of an older version of a job into those of the next one.</summary>
/// <remarks>
/// <para>It stands in the type that declares the job, takes the older arguments (a record whose properties are the members of that
/// version's JSON) and returns the next version's: those of the next upcast, or of the current version the generated args.</para>
/// <para>Upcasts form a chain, <c>1</c> to <c>2</c> to <c>3</c>, without a gap up to <see cref="JobAttribute.Version"/>. One that throws
/// makes the message undecodable: it is dead-lettered with its bytes, and can be replayed once the upcast is right.</para>
/// </remarks>
/// <example>
/// <code>
/// public sealed record SendWelcomeV1(Guid UserId);
///
/// [JobUpcast(nameof(SendWelcome), 1)]
/// public static EmailJobsClient.SendWelcomeArgs FromV1(SendWelcomeV1 old) => new(old.UserId, Template: "v1");
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Method)]
public sealed class JobUpcastAttribute : Attribute
{
    /// <summary>Declares an upcast.</summary>
    /// <param name="method">The name of the job's method, in the same type: <c>nameof(SendWelcome)</c>.</param>
    /// <param name="fromVersion">The version of the arguments that the method takes; it returns those of the next one.</param>
    public JobUpcastAttribute(string method, int fromVersion)
    {
        Method = method;
        FromVersion = fromVersion;
    }

    /// <summary>The name of the job's method.</summary>
    public string Method { get; }

    /// <summary>The version of the arguments that the method takes.</summary>
    public int FromVersion { get; }
}
