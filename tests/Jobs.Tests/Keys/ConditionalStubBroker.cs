using Jobs.Brokers;
using Jobs.Messages;
using Jobs.Stores;
using Jobs.Tests.Hosting;

namespace Jobs.Tests.Keys;

/// <summary>A broker that writes to the store beside it as it takes messages.</summary>
internal sealed class ConditionalStubBroker(IJobStore store) : StubBroker, IConditionalSender
{
    private int _calls;

    /// <summary>How many calls there were with writes.</summary>
    public int Calls => _calls;

    /// <summary>True: what is taken is not answered.</summary>
    public bool LosesAnswers { get; set; }

    public bool CanWriteTo(IJobStore other) => other == store;

    public async ValueTask SendAsync(
        ReadOnlyMemory<JobMessage> messages,
        ReadOnlyMemory<StoreWrite> writes,
        Memory<SendResult> results,
        Memory<StoreWriteResult> written,
        CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        await Sending(cancellationToken);
        for (var i = 0; i < messages.Length; i++)
        {
            var (result, outcome) = await SendAsync(messages.Span[i], writes.Span[i]);
            results.Span[i] = result;
            written.Span[i] = outcome;
        }
    }

    private async ValueTask<(SendResult Result, StoreWriteResult Written)> SendAsync(JobMessage message, StoreWrite write)
    {
        var answer = Answer(message);
        if (answer.Status != SendStatus.Accepted)
        {
            var there = await store.GetAsync(write.Key);
            return (StoreRules.Holds(write.Condition, there) ? answer : new SendResult(SendStatus.Conflict), default);
        }

        var written = await store.PutAsync(write.Key, write.Value!.Value, write.Condition, write.Expiry);
        if (!written.Written)
        {
            return (new SendResult(SendStatus.Conflict), written);
        }

        lock (Sent)
        {
            Sent.Add(message);
        }

        return (LosesAnswers ? default : answer, written);
    }
}
