using Jobs.Brokers;
using Jobs.Messages;

namespace Jobs.AspNetCore.Tests;

/// <summary>Takes the place of the broker where jobs are sent, and answers what a test says.</summary>
internal sealed class AnsweringSender(IJobBroker broker) : IJobSender
{
    /// <summary>The answer; null: the broker's.</summary>
    public SendResult? Answer { get; set; }

    public async ValueTask SendAsync(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, CancellationToken cancellationToken)
    {
        if (Answer is { } answer)
        {
            results.Span[..messages.Length].Fill(answer);
            return;
        }

        await broker.SendAsync(messages, results, cancellationToken);
    }
}
