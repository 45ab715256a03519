using Jobs.Messages;
using Xunit;

namespace Jobs.Brokers.Conformance.Harness;

/// <content>Dead letters.</content>
internal sealed partial class Node
{
    /// <summary>Sends jobs and lets them die, in this order.</summary>
    public async Task<Draft[]> BuryAsync(params Draft[] drafts)
    {
        foreach (var draft in drafts)
        {
            await AcceptAsync(draft);
            await Inbox.DeadLetterAsync(await Inbox.ReceiveAsync());
        }

        return drafts;
    }

    public Task<long> CountDeadAsync(string queue = Bench.Queue) => DeadLetters.CountDeadLettersAsync(queue, Token).AsTask();

    public Task<DeadLetter?> FindDeadAsync(JobId id) => DeadLetters.GetDeadLetterAsync(Bench.Queue, id.ToString(), Token).AsTask();

    /// <summary>The dead letter of a job, which must be there.</summary>
    public async Task<DeadLetter> GetDeadAsync(JobId id)
    {
        var letter = await FindDeadAsync(id);
        Assert.NotNull(letter);
        return letter;
    }

    public Task<DeadLetterPage> PageDeadAsync(string? cursor = null, int take = 1_000) =>
        DeadLetters.GetDeadLettersAsync(Bench.Queue, cursor, take, Token).AsTask();

    public Task<ReplayStatus> ReplayAsync(JobId id) => DeadLetters.ReplayDeadLetterAsync(Bench.Queue, id.ToString(), Token).AsTask();

    public Task<ReplaySummary> ReplayAsync(ReplayFilter filter) => DeadLetters.ReplayDeadLettersAsync(Bench.Queue, filter, Token).AsTask();
}
