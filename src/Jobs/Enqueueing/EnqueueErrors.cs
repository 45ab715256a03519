using System.Globalization;
using Jobs.Brokers;

namespace Jobs.Enqueueing;

/// <summary>What a caller is told about a job that was not accepted.</summary>
internal static class EnqueueErrors
{
    public static JobEnqueueException Of(SendResult result, JobId id, string job, string queue, IJobBroker broker, string? key = null) => result.Status switch
    {
        _ when result.Error is JobKeyConflictException conflict => conflict,
        SendStatus.Unknown => new JobEnqueueUnknownException(id, job, result.Error, key),
        SendStatus.QueueFull => new JobEnqueueException(id, job, result.Status, $"Job '{job}' ({id}) was refused: the queue '{queue}' is full. Let workers catch up, or raise Jobs:Queues:{queue}:MaxLength.", result.Error),
        SendStatus.TooLarge => new JobEnqueueException(id, job, result.Status, string.Create(CultureInfo.InvariantCulture, $"Job '{job}' ({id}) is too large for broker '{broker.Name}', which takes {broker.Features.MaxDocumentBytes:N0} bytes. Pass an id, and load the data in the job."), result.Error),
        _ => new JobEnqueueException(id, job, result.Status, $"Job '{job}' ({id}) was not accepted by broker '{broker.Name}' for the queue '{queue}'{(result.Error is { } error ? $": {error.Message}" : ".")}", result.Error),
    };
}
