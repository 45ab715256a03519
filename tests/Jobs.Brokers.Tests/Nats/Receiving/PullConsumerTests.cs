using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Receiving;
using Jobs.Brokers.Tests.Nats.JetStream;
using Jobs.Brokers.Tests.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.Receiving;

public sealed class PullConsumerTests(JetStreamFixture fixture) : IClassFixture<JetStreamFixture>
{
    [Theory]
    [InlineData("NATS/1.0 503\r\n\r\n", "nobody answers (status 503)")]
    [InlineData("NATS/1.0 409 Exceeded MaxWaiting\r\n\r\n", "Exceeded MaxWaiting (status 409)")]
    [InlineData("NATS/1.0 400 Bad Request\r\n\r\n", "Bad Request (status 400)")]
    public async Task A_request_that_is_refused_is_told_once_so_that_it_is_not_repeated_at_once(string status, string reason)
    {
        var owner = new Owner();
        var stream = fixture.NewName();
        using var server = fixture.Client.Subscribe($"$JS.API.CONSUMER.MSG.NEXT.{stream}.c", new Refusing(fixture.Client, status));
        await fixture.Client.WaitAsync();
        using var consumer = new PullConsumer(fixture.Client, stream, "c", 0, owner, TimeProvider.System);
        Assert.Null(consumer.TakeRefusal());

        consumer.Pull(1, wait: true);

        await owner.Paused.Task.WaitAsync(NatsClients.Patience, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Contains(reason, consumer.TakeRefusal()!.Message, StringComparison.Ordinal);
        Assert.Null(consumer.TakeRefusal());
        Assert.Equal(0, consumer.Outstanding);
    }

    private sealed class Refusing(INatsClient client, string status) : IMessageHandler
    {
        public void OnMessage(in NatsMessage message) => client.Publish(message.ReplyTo, default, System.Text.Encoding.ASCII.GetBytes(status), default);

        public void OnRefused(NatsPermissionException error) => throw error;
    }

    private sealed class Owner : IPullOwner
    {
        public TaskCompletionSource Paused { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnDelivery(PullConsumer consumer, in AckSubject ack, in NatsMessage message) => Assert.Fail("Nothing was to be delivered.");

        public void OnPause(PullConsumer consumer) => Paused.TrySetResult();
    }
}
