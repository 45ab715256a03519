using Jobs.Brokers;
using Jobs.Memory;
using Jobs.Testing.Faults;

namespace Jobs.Testing;

/// <summary>Makes the broker of a test host fail. Safe for concurrent use; faults of a kind happen in the order they were asked for.</summary>
public sealed class JobTestFaults
{
    private readonly FaultScript _script;
    private readonly MemoryBroker _broker;
    private readonly Func<IEnumerable<string>> _queues;

    internal JobTestFaults(FaultScript script, MemoryBroker broker, Func<IEnumerable<string>> queues)
    {
        _script = script;
        _broker = broker;
        _queues = queues;
    }

    /// <summary>The next settlements never reach the broker: their jobs come back when their leases have passed.</summary>
    /// <param name="count">How many.</param>
    public void FailNextSettle(int count = 1) => _script.Add(SettleFault.NotCarriedOut, count);

    /// <summary>The next settlements are carried out, but the worker never learns.</summary>
    /// <param name="count">How many.</param>
    public void LoseNextSettleAnswer(int count = 1) => _script.Add(SettleFault.AnswerLost, count);

    /// <summary>The broker refuses the next jobs that are enqueued. Jobs that a handler enqueues travel with its settlement and are not touched.</summary>
    /// <param name="status">What it says; not <see cref="SendStatus.Accepted"/>.</param>
    /// <param name="count">How many jobs.</param>
    public void FailNextSend(SendStatus status = SendStatus.Failed, int count = 1)
    {
        if (status is SendStatus.Accepted or SendStatus.Duplicate)
        {
            throw new ArgumentOutOfRangeException(nameof(status), status, "A failure is none of the good answers.");
        }

        _script.Add(new SendFault(true, status, IsCarriedOut: false), count);
    }

    /// <summary>The broker takes the next jobs that are enqueued, but the producer never learns.</summary>
    /// <param name="count">How many jobs.</param>
    public void LoseNextSendAnswer(int count = 1) => _script.Add(new SendFault(true, SendStatus.Unknown, IsCarriedOut: true), count);

    /// <summary>Takes the lease of a job in hand from its worker: the job is delivered again at once.</summary>
    /// <exception cref="JobTestException">No worker holds the job.</exception>
    public void LoseLease(JobId id)
    {
        if (!TryLoseLease(id))
        {
            throw new JobTestException($"Job {id} is in no worker's hand, so its lease cannot be lost.");
        }
    }

    /// <summary>Takes the lease of a job from its worker, if one holds it.</summary>
    /// <returns>False if none does.</returns>
    public bool TryLoseLease(JobId id) => _queues().Any(queue => _broker.LoseLease(queue, id));
}
