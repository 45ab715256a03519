using Jobs.Brokers;

namespace Jobs;

/// <summary>A job was not accepted.</summary>
public class JobEnqueueException : JobException
{
    /// <summary>Makes an exception.</summary>
    public JobEnqueueException(JobId id, string jobName, SendStatus status, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Id = id;
        JobName = jobName;
        Status = status;
    }

    /// <summary>The id that the job has, or would have had.</summary>
    public JobId Id { get; }

    /// <summary>The job.</summary>
    public string JobName { get; }

    /// <summary>What the broker said.</summary>
    public SendStatus Status { get; }
}
