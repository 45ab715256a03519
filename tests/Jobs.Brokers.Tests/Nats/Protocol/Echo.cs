using System.Threading.Channels;
using System.Text;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.Protocol;

/// <summary>Keeps what comes by a subscription, and sends it back to whoever waits for a reply.</summary>
internal sealed class Echo(INatsClient client) : IMessageHandler
{
    private readonly Channel<string> _received = Channel.CreateUnbounded<string>();

    public TaskCompletionSource<NatsPermissionException> Refused { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Waiting => _received.Reader.Count;

    public void OnMessage(in NatsMessage message)
    {
        _received.Writer.TryWrite(Encoding.UTF8.GetString(message.Payload));
        if (!message.ReplyTo.IsEmpty)
        {
            client.Publish(message.ReplyTo, default, default, message.Payload);
        }
    }

    public void OnRefused(NatsPermissionException error) => Refused.TrySetResult(error);

    public Task<string> NextAsync() => _received.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask()
        .WaitAsync(NatsClients.Patience, TimeProvider.System, TestContext.Current.CancellationToken);
}
