using System.Text;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.Protocol;

/// <summary>Keeps the replies to a batch, by their tokens.</summary>
internal sealed class Replies(int count) : IReplyHandler
{
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = count;

    public string?[] Texts { get; } = new string?[count];

    public Exception?[] Errors { get; } = new Exception?[count];

    public Task All => _all.Task.WaitAsync(NatsClients.Patience, TimeProvider.System, TestContext.Current.CancellationToken);

    public void OnReply(long token, in NatsMessage reply)
    {
        Assert.Null(Texts[token]);
        Texts[token] = Encoding.UTF8.GetString(reply.Payload);
        CountDown();
    }

    public void OnFailure(long token, NatsException error)
    {
        Assert.Null(Errors[token]);
        Errors[token] = error;
        CountDown();
    }

    private void CountDown()
    {
        if (Interlocked.Decrement(ref _left) == 0)
        {
            _all.SetResult();
        }
    }
}
