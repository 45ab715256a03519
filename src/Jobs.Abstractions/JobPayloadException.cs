namespace Jobs;

/// <summary>A payload cannot be read or written. Names the job and, if known, the member.</summary>
public sealed class JobPayloadException : JobException
{
    /// <summary>Makes an exception.</summary>
    public JobPayloadException(string message, string? jobName = null, string? member = null, Exception? innerException = null)
        : base(Describe(message, jobName, member), innerException)
    {
        JobName = jobName;
        Member = member;
        Problem = message;
    }

    /// <summary>The job.</summary>
    public string? JobName { get; }

    /// <summary>The JSON name of the member that is wrong, as a path from the payload's root.</summary>
    public string? Member { get; }

    /// <summary>What is wrong, without job and member.</summary>
    public string Problem { get; }

    private static string Describe(string message, string? jobName, string? member) => (jobName, member) switch
    {
        (null, null) => message,
        (null, _) => $"Member '{member}': {message}",
        (_, null) => $"The payload of job '{jobName}': {message}",
        _ => $"The payload of job '{jobName}', member '{member}': {message}",
    };
}
