using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.JetStream;

/// <summary>Reads that do not go through JetStream's API.</summary>
public sealed class DirectReadTests(JetStreamFixture fixture) : IClassFixture<JetStreamFixture>
{
    private readonly string _name = fixture.NewName();
    private readonly JetStreamClient _jetStream = fixture.JetStream;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task They_tell_what_the_leader_tells_whether_the_stream_has_them_or_not(bool allowsDirect)
    {
        await _jetStream.CreateStreamAsync(new StreamConfig { Name = _name, Subjects = [$"{_name}.>"], AllowsDirect = allowsDirect }, Token);
        await _jetStream.PublishAsync($"{_name}.a.b", new NatsHeaderBlock().Add("Some"u8, "header").Bytes.ToArray(), "1"u8.ToArray(), Token);
        await _jetStream.PublishAsync($"{_name}.plain", default, default, Token);

        foreach (var (subject, place) in ((string, ulong)[])[($"{_name}.a.b", 1), ($"{_name}.plain", 2)])
        {
            var told = (await _jetStream.GetLastMessageAsync(_name, subject, Token))!;
            foreach (var read in (StoredMessage[])[(await _jetStream.GetLastDirectAsync(_name, subject, Token))!, (await _jetStream.GetDirectAsync(_name, place, Token))!])
            {
                Assert.Equal((told.Subject, place, told.Time), (read.Subject, read.Sequence, read.Time));
                Assert.Equal(told.Data.ToArray(), read.Data.ToArray());
                Assert.Equal(told.Headers.TryGet("Some"u8, out var value), read.Headers.TryGet("Some"u8, out var same));
                Assert.Equal(value.ToArray(), same.ToArray());
            }
        }

        Assert.Null(await _jetStream.GetLastDirectAsync(_name, $"{_name}.nothing", Token));
        Assert.Null(await _jetStream.GetDirectAsync(_name, 3, Token));
    }

    [Fact]
    public async Task A_stream_that_is_not_there_is_told_at_once()
    {
        var error = await Assert.ThrowsAsync<JetStreamException>(async () => await _jetStream.GetLastDirectAsync(_name, $"{_name}.a", Token));

        Assert.Equal(JetStreamErrorKind.NotFound, error.Kind);
    }

    [Fact]
    public async Task A_read_whose_answer_was_lost_is_made_again()
    {
        await _jetStream.CreateStreamAsync(new StreamConfig { Name = _name, Subjects = [$"{_name}.>"], AllowsDirect = true }, Token);
        await _jetStream.PublishAsync($"{_name}.a", default, "1"u8.ToArray(), Token);

        var read = await new JetStreamClient(new ForgetfulClient(fixture.Client) { Losing = 2 }, TimeProvider.System).GetLastDirectAsync(_name, $"{_name}.a", Token);

        Assert.Equal(1UL, read!.Sequence);
    }
}
