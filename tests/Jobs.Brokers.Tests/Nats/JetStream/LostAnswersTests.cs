using System.Text;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.JetStream;

/// <summary>Calls that were carried out though their answers were lost.</summary>
public sealed class LostAnswersTests : IClassFixture<JetStreamFixture>, IAsyncLifetime
{
    private readonly string _name;
    private readonly ForgetfulClient _client;
    private readonly JetStreamClient _jetStream;
    private readonly KeyValueBucket _bucket;

    public LostAnswersTests(JetStreamFixture fixture)
    {
        _name = fixture.NewName();
        _client = new ForgetfulClient(fixture.Client);
        _jetStream = new JetStreamClient(_client, TimeProvider.System);
        _bucket = new KeyValueBucket(_jetStream, fixture.NewName());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _jetStream.CreateStreamAsync(_bucket.Config(replicas: 1), Token);
        await _jetStream.CreateStreamAsync(new StreamConfig { Name = _name, Subjects = [$"{_name}.*"] }, Token);
    }

    public ValueTask DisposeAsync() => default;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_value_that_was_created_is_known_as_ones_own(int lost)
    {
        _client.Losing = lost;
        var revision = await _bucket.CreateAsync("a", "one"u8.ToArray(), ttl: null, Token);

        Assert.Equal((await _bucket.GetAsync("a", Token))!.Revision, revision);
        _client.Losing = lost;
        Assert.Null(await _bucket.CreateAsync("a", "two"u8.ToArray(), ttl: null, Token));
    }

    [Fact]
    public async Task A_value_that_was_replaced_or_deleted_is_known_as_ones_own()
    {
        var first = await _bucket.PutAsync("a", "one"u8.ToArray(), ttl: null, Token);
        _client.Losing = 1;
        var second = await _bucket.UpdateAsync("a", "two"u8.ToArray(), first, ttl: null, Token);
        Assert.NotNull(second);

        _client.Losing = 1;
        Assert.Null(await _bucket.UpdateAsync("a", "three"u8.ToArray(), first, ttl: null, Token));
        _client.Losing = 1;
        Assert.True(await _bucket.DeleteAsync("a", second, Token));
        Assert.Null(await _bucket.GetAsync("a", Token));
    }

    [Fact]
    public async Task A_value_is_known_as_ones_own_when_the_server_has_forgotten_its_id()
    {
        var bucket = new KeyValueBucket(_jetStream, $"{_name}-short");
        await _jetStream.CreateStreamAsync(bucket.Config(replicas: 1) with { DuplicateWindow = TimeSpan.FromMilliseconds(100) }, Token);
        _client.Losing = 4;

        var revision = await bucket.CreateAsync("a", "one"u8.ToArray(), ttl: null, Token);

        Assert.Equal((await bucket.GetAsync("a", Token))!.Revision, revision);
    }

    [Fact]
    public async Task A_message_that_was_deleted_counts()
    {
        await PublishAsync("1");
        _client.Losing = 1;

        Assert.True(await _jetStream.DeleteMessageAsync(_name, 1, Token));
        Assert.False(await _jetStream.DeleteMessageAsync(_name, 1, Token));
    }

    [Fact]
    public async Task A_message_with_an_id_is_stored_once()
    {
        _client.Losing = 2;
        var (ack, isRepeated) = await PublishAsync("1");

        Assert.Equal((1UL, true, true), (ack.Sequence, ack.IsDuplicate, isRepeated));
        Assert.Equal(1, (await _jetStream.GetStreamAsync(_name, cancellationToken: Token))!.Messages);
    }

    [Fact]
    public async Task Streams_and_consumers_are_made_once()
    {
        var stream = new StreamConfig { Name = $"{_name}x", Subjects = [$"{_name}x.*"] };
        _client.Losing = 1;
        await _jetStream.CreateStreamAsync(stream, Token);
        _client.Losing = 1;
        await _jetStream.CreateConsumerAsync(stream.Name, new ConsumerConfig { Name = "c", FilterSubject = $"{_name}x.a" }, Token);

        Assert.Equal(1, (await _jetStream.GetStreamAsync(stream.Name, cancellationToken: Token))!.Consumers);
    }

    private ValueTask<(PublishAck Ack, bool IsRepeated)> PublishAsync(string id) =>
        _jetStream.PublishAsync($"{_name}.a", new NatsHeaderBlock().Add("Nats-Msg-Id"u8, id).Bytes.ToArray(), Encoding.UTF8.GetBytes("x"), Token);
}
