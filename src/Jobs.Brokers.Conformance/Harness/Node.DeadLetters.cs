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

    public Task<long> CountDeadAsync(string queue = Bench.Queue) => bench.WithinAsync(DeadLetters.CountDeadLettersAsync(queue, Token));

    public Task<DeadLetter?> FindDeadAsync(JobId id) => bench.WithinAsync(DeadLetters.GetDeadLetterAsync(Bench.Queue, id.ToString(), Token));

    /// <summary>The dead letter of a job, which must be there.</summary>
    public async Task<DeadLetter> GetDeadAsync(JobId id)
    {
        var letter = await FindDeadAsync(id);
        Assert.NotNull(letter);
        return letter;
    }

    public Task<DeadLetterPage> PageDeadAsync(string? cursor = null, int take = 1_000) =>
        bench.WithinAsync(DeadLetters.GetDeadLettersAsync(Bench.Queue, cursor, take, Token));

    public Task<ReplayStatus> ReplayAsync(JobId id) => bench.WithinAsync(DeadLetters.ReplayDeadLetterAsync(Bench.Queue, id.ToString(), Token));

    public Task<ReplaySummary> ReplayAsync(ReplayFilter filter) => bench.WithinAsync(DeadLetters.ReplayDeadLettersAsync(Bench.Queue, filter, Token));
}
