using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Testing;

namespace Jobs.Brokers.Tests.Nats.JetStream;

/// <summary>A stream is read to its end, whatever happens to it meanwhile.</summary>
public sealed class StreamScanTests(JetStreamFixture fixture) : IClassFixture<JetStreamFixture>
{
    // As many as it asks for at once.
    private const int AtOnce = 500;

    private readonly string _stream = fixture.NewName();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_deleted_while_it_is_read_is_not_waited_for_any_longer()
    {
        await FillAsync(AtOnce + 1);

        // Only the server can end it: here no time passes.
        await using var reading = Scan(new FakeTimeProvider()).ReadAsync(_stream, null, 1, headersOnly: false, Token).GetAsyncEnumerator(Token);
        await ReadAsync(reading, AtOnce);
        await fixture.JetStream.DeleteMessageAsync(_stream, AtOnce + 1, Token);

        Assert.False(await reading.MoveNextAsync());
    }

    [Fact]
    public async Task It_goes_on_where_it_was_when_the_server_has_forgotten_it()
    {
        var clock = new FakeTimeProvider();
        await FillAsync(AtOnce + 10);
        await using var reading = Scan(clock).ReadAsync(_stream, null, 1, headersOnly: false, Token).GetAsyncEnumerator(Token);
        await ReadAsync(reading, AtOnce);
        await ForgetAllAsync();

        // Nobody answers: it is asked for, and then time passes.
        var next = reading.MoveNextAsync();
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(await next);
        await ReadAsync(reading, 9);
        Assert.False(await reading.MoveNextAsync());
    }

    [Fact]
    public async Task Who_has_read_enough_leaves_nothing_behind()
    {
        await FillAsync(10);
        await foreach (var message in Scan(TimeProvider.System).ReadAsync(_stream, null, 4, headersOnly: false, Token))
        {
            Assert.Equal(4UL, message.Sequence);
            break;
        }

        Assert.Empty(await ConsumersAsync());
    }

    private static async Task ReadAsync(IAsyncEnumerator<StoredMessage> reading, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(await reading.MoveNextAsync());
        }
    }

    private StreamScan Scan(TimeProvider time) => new(fixture.Client, fixture.JetStream, time);

    private async Task FillAsync(int count)
    {
        await fixture.JetStream.CreateStreamAsync(new StreamConfig { Name = _stream, Subjects = [_stream] }, Token);
        await Task.WhenAll(Enumerable.Range(0, count).Select(async _ => await fixture.JetStream.PublishAsync(_stream, default, "x"u8.ToArray(), Token)));
    }

    private async Task ForgetAllAsync()
    {
        foreach (var name in await ConsumersAsync())
        {
            Assert.True(await fixture.JetStream.DeleteConsumerAsync(_stream, name, Token));
        }
    }

    private async Task<string[]> ConsumersAsync()
    {
        using var reply = await fixture.Client.RequestAsync(System.Text.Encoding.ASCII.GetBytes($"$JS.API.CONSUMER.NAMES.{_stream}"), default, default, TimeSpan.FromSeconds(5), Token);
        using var answer = System.Text.Json.JsonDocument.Parse(reply.Payload.ToArray());
        return [.. answer.RootElement.GetProperty("consumers").EnumerateArray().Select(static name => name.GetString()!)];
    }
}
