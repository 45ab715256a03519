using Jobs.Definitions;
using Jobs.Messages;
using Jobs.Settling;

namespace Jobs.Running;

/// <summary>The items of one batch that could be read, and which run each belongs to.</summary>
internal sealed class BatchItems(BatchJobHandler handler, int capacity)
{
    private readonly List<(JobRun Run, int Index)> _runs = new(capacity);
    private readonly List<JobMessage> _messages = new(capacity);
    private JobBatch? _batch;

    public int Count => _runs.Count;

    public BatchBuffer Buffer { get; } = handler.CreateBuffer(capacity);

    public BatchJobHandler Handler => handler;

    public JobBatch Batch => _batch ??= new JobBatch(_messages);

    public (JobRun Run, int Index) this[int item] => _runs[item];

    /// <summary>Adds a run.</summary>
    /// <returns>Null, or the outcome of a run whose payload cannot be read: it fails alone.</returns>
    public Outcome? Add(JobRun run, int index, JobRunner runner)
    {
        try
        {
            Buffer.Add(run.Delivery.Message!);
        }
        catch (Exception exception)
        {
            return runner.Failed(run, exception);
        }

        _runs.Add((run, index));
        _messages.Add(run.Delivery.Message!);
        return null;
    }

    public Exception? GetFailure(int item) => Batch.GetFailure(item);
}
