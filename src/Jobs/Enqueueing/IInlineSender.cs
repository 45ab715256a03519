using Jobs.Messages;

namespace Jobs.Enqueueing;

/// <summary>A sender in this process, which takes one message as cheaply as many: it needs no batches and no buffers.</summary>
internal interface IInlineSender
{
    /// <summary>Sends one message if that needs no waiting.</summary>
    /// <returns>False if it was not stored: <see cref="Jobs.Brokers.IJobSender.SendAsync"/> waits, or says why.</returns>
    bool TrySend(JobMessage message);
}
