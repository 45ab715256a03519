using System.Text;
using Jobs.Brokers.Nats.JetStream;

namespace Jobs.Brokers.Tests.Nats.JetStream;

public sealed class ConsumerTests(JetStreamFixture fixture) : IClassFixture<JetStreamFixture>, IAsyncLifetime
{
    private readonly string _name = fixture.NewName();
    private readonly JetStreamClient _jetStream = fixture.JetStream;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        await _jetStream.CreateStreamAsync(new StreamConfig { Name = _name, Subjects = [$"{_name}.*"], Retention = StreamRetention.WorkQueue }, Token);

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task A_consumer_has_the_settings_it_was_created_with()
    {
        var config = new ConsumerConfig { Name = "high", FilterSubject = $"{_name}.high", AckWait = TimeSpan.FromSeconds(7.5), MaxAckPending = 123, MaxWaiting = 45, InactiveThreshold = TimeSpan.FromMinutes(3) };
        var created = await _jetStream.CreateConsumerAsync(_name, config, Token);
        var found = await _jetStream.GetConsumerAsync(_name, "high", Token);

        Assert.Equal(config, created.Config with { Told = null });
        Assert.Equal(config, found!.Config with { Told = null });
        Assert.Equal((-1, "explicit", false, false), (found.Config.MaxDeliver, found.Config.AckPolicy, found.Config.IsPush, found.Config.HasBackOff));
    }

    [Fact]
    public async Task A_consumer_without_a_filter_takes_everything()
    {
        await PublishAsync("a", 1);
        await PublishAsync("b", 1);

        Assert.Equal(2, (await _jetStream.CreateConsumerAsync(_name, new ConsumerConfig { Name = "all" }, Token)).Pending);
    }

    [Fact]
    public async Task Creating_one_again_changes_what_can_be_changed()
    {
        var config = new ConsumerConfig { Name = "c", FilterSubject = $"{_name}.a" };
        await _jetStream.CreateConsumerAsync(_name, config, Token);
        await PublishAsync("a", 3);
        await _jetStream.CreateConsumerAsync(_name, config, Token);

        var changed = await _jetStream.CreateConsumerAsync(_name, (await _jetStream.GetConsumerAsync(_name, "c", Token))!.Config with { AckWait = TimeSpan.FromSeconds(5), MaxAckPending = 9 }, Token);

        Assert.Equal((TimeSpan.FromSeconds(5), 9, 3L), (changed.Config.AckWait, changed.Config.MaxAckPending, changed.Pending));
    }

    [Fact]
    public async Task Two_consumers_of_a_work_queue_cannot_take_the_same_subject()
    {
        await _jetStream.CreateConsumerAsync(_name, new ConsumerConfig { Name = "one", FilterSubject = $"{_name}.a" }, Token);

        var error = await Assert.ThrowsAsync<JetStreamException>(async () =>
            await _jetStream.CreateConsumerAsync(_name, new ConsumerConfig { Name = "two", FilterSubject = $"{_name}.a" }, Token));

        Assert.Equal(JetStreamErrorKind.SubjectInUse, error.Kind);
    }

    [Fact]
    public async Task A_consumer_is_deleted_once()
    {
        await _jetStream.CreateConsumerAsync(_name, new ConsumerConfig { Name = "c" }, Token);

        Assert.True(await _jetStream.DeleteConsumerAsync(_name, "c", Token));
        Assert.False(await _jetStream.DeleteConsumerAsync(_name, "c", Token));
        Assert.Null(await _jetStream.GetConsumerAsync(_name, "c", Token));
    }

    private async Task PublishAsync(string subject, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True((await _jetStream.PublishAsync($"{_name}.{subject}", default, Encoding.UTF8.GetBytes("x"), Token)).Ack.IsStored);
        }
    }
}
