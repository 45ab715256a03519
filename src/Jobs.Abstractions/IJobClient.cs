using Jobs.Definitions;

namespace Jobs;

/// <summary>Enqueues jobs. The generated clients are thin, typed calls of this interface.</summary>
/// <remarks>
/// <para>Safe for concurrent use; one instance serves the whole host.</para>
/// <para>A returned handle means that the broker has the job as durably as it is configured. Inside a handler, jobs are held
/// until the handler succeeds (ids <c>{parent}/{n}</c>, in a batch <c>{first item}/0/{n}</c>), unless <see cref="EnqueueOptions.SendImmediately"/> is set.</para>
/// <para>Cancelling the token ends the wait. The job may have been accepted or not: an
/// <see cref="OperationCanceledException"/> says nothing of it, so name an <see cref="EnqueueOptions.Id"/> to send again safely.</para>
/// </remarks>
public interface IJobClient
{
    /// <summary>Enqueues one job.</summary>
    /// <exception cref="JobEnqueueException">The broker refused it (queue full, too large, failed), or nobody knows (<see cref="JobEnqueueUnknownException"/>).</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="JobConfigurationException">The job is not registered in this host, or its queue is not known.</exception>
    ValueTask<JobHandle> EnqueueAsync<TArgs>(TArgs args, EnqueueOptions? options = null, CancellationToken cancellationToken = default)
        where TArgs : IJobArgs<TArgs>;

    /// <summary>Enqueues one job that has a result.</summary>
    /// <inheritdoc cref="EnqueueAsync{TArgs}(TArgs, EnqueueOptions?, CancellationToken)"/>
    ValueTask<JobHandle<TResult>> EnqueueAsync<TArgs, TResult>(TArgs args, EnqueueOptions? options = null, CancellationToken cancellationToken = default)
        where TArgs : IJobArgs<TArgs, TResult>;

    /// <summary>Enqueues many jobs of one kind, pipelined.</summary>
    /// <returns>The handles, in the order of <paramref name="args"/>.</returns>
    /// <exception cref="JobBulkEnqueueException">Some were not accepted; it holds the result of each.</exception>
    ValueTask<IReadOnlyList<JobHandle>> EnqueueManyAsync<TArgs>(IEnumerable<TArgs> args, EnqueueOptions? options = null, CancellationToken cancellationToken = default)
        where TArgs : IJobArgs<TArgs>;

    /// <summary>A handle to a job enqueued earlier, perhaps by another process. Asks nobody.</summary>
    JobHandle GetHandle(JobId id);

    /// <summary>A handle to a job with a result enqueued earlier, perhaps by another process. Asks nobody.</summary>
    JobHandle<TResult> GetHandle<TArgs, TResult>(JobId id)
        where TArgs : IJobArgs<TArgs, TResult>;

    /// <summary>Cancels a job wherever it is: one that waits, or is delayed, does not start; one that runs has its token cancelled. A cancelled job is
    /// never retried.</summary>
    /// <remarks>It is a request, which reaches every worker within moments. A job that was about to end may still do so; its record and its result
    /// say what happened.</remarks>
    /// <exception cref="JobStoreMissingException">No store is configured, so workers cannot be told.</exception>
    ValueTask<JobCancelStatus> CancelAsync(JobId id, CancellationToken cancellationToken = default);
}
