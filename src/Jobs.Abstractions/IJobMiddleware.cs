namespace Jobs;

/// <summary>Wraps every run of every job. Registered ones run in order of registration, the first outermost.</summary>
/// <remarks>Called concurrently. What it throws counts as the job's failure. Asking for middleware costs each job a <see cref="JobContext"/>.</remarks>
public interface IJobMiddleware
{
    /// <summary>Runs around a job. Not calling <paramref name="next"/> completes the job unrun.</summary>
    ValueTask InvokeAsync(JobContext context, JobDelegate next);
}
