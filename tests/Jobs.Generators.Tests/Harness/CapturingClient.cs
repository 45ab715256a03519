using System.Buffers;
using System.Text;
using System.Text.Json;
using Jobs.Definitions;
using Jobs.Messages;

namespace Jobs.Generators.Tests.Harness;

/// <summary>Keeps what generated clients enqueue.</summary>
internal sealed class CapturingClient : IJobClient
{
    public List<CapturedJob> Jobs { get; } = [];

    public ValueTask<JobHandle> EnqueueAsync<TArgs>(TArgs args, EnqueueOptions? options = null, CancellationToken cancellationToken = default)
        where TArgs : IJobArgs<TArgs>
    {
        Capture(TArgs.Definition, args, options, cancellationToken);
        return new ValueTask<JobHandle>(new JobHandle(default));
    }

    public ValueTask<JobHandle<TResult>> EnqueueAsync<TArgs, TResult>(TArgs args, EnqueueOptions? options = null, CancellationToken cancellationToken = default)
        where TArgs : IJobArgs<TArgs, TResult>
    {
        Capture(TArgs.Definition, args, options, cancellationToken);
        return new ValueTask<JobHandle<TResult>>(default(JobHandle<TResult>));
    }

    public ValueTask<IReadOnlyList<JobHandle>> EnqueueManyAsync<TArgs>(IEnumerable<TArgs> args, EnqueueOptions? options = null, CancellationToken cancellationToken = default)
        where TArgs : IJobArgs<TArgs> => throw new NotSupportedException();

    public JobHandle GetHandle(JobId id) => new(id);

    public JobHandle<TResult> GetHandle<TArgs, TResult>(JobId id)
        where TArgs : IJobArgs<TArgs, TResult> => throw new NotSupportedException();

    public ValueTask<JobCancelStatus> CancelAsync(JobId id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    private void Capture<TArgs>(JobDefinition<TArgs> definition, TArgs args, EnqueueOptions? options, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            definition.Write(writer, in args);
        }

        var reader = new Utf8JsonReader(buffer.WrittenSpan);
        reader.Read();
        var message = JobMessage<TArgs>.Rent(definition, definition.Read(ref reader));
        Jobs.Add(new CapturedJob(definition, Encoding.UTF8.GetString(buffer.WrittenSpan), message, options, cancellationToken));
    }
}
