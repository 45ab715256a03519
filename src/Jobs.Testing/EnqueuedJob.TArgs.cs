using Jobs.Definitions;

namespace Jobs.Testing;

/// <summary>A job of a known kind that a broker has accepted. Immutable.</summary>
public sealed class EnqueuedJob<TArgs> : EnqueuedJob
    where TArgs : IJobArgs<TArgs>
{
    internal EnqueuedJob(EnqueuedJob job)
        : base(job) => Args = job.ReadArgs<TArgs>();

    /// <summary>The args, read back from the document that was enqueued.</summary>
    public TArgs Args { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{base.ToString()}: {Args}";
}
