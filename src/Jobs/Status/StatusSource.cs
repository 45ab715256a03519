using Jobs.Hosting;
using Microsoft.Extensions.Options;

namespace Jobs.Status;

/// <summary>Makes the records of this host's jobs, if they are kept.</summary>
internal sealed class StatusSource(IOptions<JobsOptions> options, OptionalStore store, TimeProvider time)
{
    /// <summary>Null if status is off.</summary>
    public StatusRecorder? Recorder { get; } = options.Value.Status.Enabled && store.Store is Stores.IIndexedStore
        ? new StatusRecorder(options.Value.Status, time, options.Value.Worker.Name)
        : null;
}
