using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Receiving;
using Jobs.Brokers.Tests.Nats.JetStream;
using Jobs.Brokers.Tests.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.Receiving;

public sealed class PauseWatchTests(JetStreamFixture fixture) : IClassFixture<JetStreamFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_told_while_the_server_is_asked_wins_over_its_answer()
    {
        var client = fixture.Client;
        await client.WaitAsync();
        var subject = fixture.NewName();
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = new PauseWatch(
            client,
            subject,
            async token =>
            {
                client.Publish(subject, "1");
                await told.Task.WaitAsync(NatsClients.Patience, TimeProvider.System, token);
                return false;
            },
            told.SetResult);

        await watch.AskAsync(Token);

        Assert.True(watch.IsPaused);
    }
}
