namespace Jobs;

/// <summary>Sees each job that ends in the dead-letter queue, after the broker has it there.</summary>
/// <remarks>Called once for each dead letter in the process that made it, concurrently; what it throws is logged and counted,
/// and changes nothing. For an alert that must not be lost, enqueue a job in it.</remarks>
public interface IJobFailureHandler
{
    /// <summary>Called with the job's last words.</summary>
    ValueTask OnDeadLetteredAsync(JobFailureContext context, CancellationToken cancellationToken);
}
