using Jobs.Brokers.Conformance.Servers;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Tests.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.JetStream;

/// <summary>Calls that do not get through at once.</summary>
public sealed class JetStreamTriesTests : IAsyncLifetime
{
    private const string NoLeader = """{"type":"x","error":{"code":503,"err_code":10008,"description":"JetStream system temporarily unavailable"}}""";
    private const string Gone = """{"type":"x","error":{"code":404,"err_code":10043,"description":"sequence 1 not found"}}""";
    private const string Purged = """{"type":"x","success":true,"purged":3}""";

    private readonly NatsServer _server = new(new NatsServerOptions { JetStream = false });
    private INatsClient _client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _server.StartAsync(Token);
        _client = await NatsClients.ConnectAsync(NatsClients.Options(_server.EndPoint));
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task What_passes_is_waited_for()
    {
        var script = Play(NoLeader, NoLeader, Purged);

        Assert.Equal(3, await Client().PurgeAsync("s", null, Token));
        Assert.Equal(3, script.Received.Length);
    }

    [Fact]
    public async Task What_does_not_pass_is_told_in_time()
    {
        Play(NoLeader);

        var error = await Assert.ThrowsAsync<JetStreamException>(async () => await Client(patience: 0.3).PurgeAsync("s", null, Token));

        Assert.Equal(JetStreamErrorKind.Unavailable, error.Kind);
        Assert.Contains("temporarily unavailable", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_without_an_answer_is_made_again()
    {
        var script = Play("", Purged);

        Assert.Equal(3, await Client(answerTime: 0.2).PurgeAsync("s", null, Token));
        Assert.Equal(2, script.Received.Length);
    }

    [Fact]
    public async Task A_message_that_is_gone_after_an_answer_was_lost_counts_as_deleted()
    {
        Play("", Gone);
        Assert.True(await Client(answerTime: 0.2).DeleteMessageAsync("s", 1, Token));

        PlayAt("other", Gone);
        Assert.False(await Client(prefix: "other").DeleteMessageAsync("s", 1, Token));
    }

    [Fact]
    public async Task A_server_without_JetStream_is_given_up()
    {
        var error = await Assert.ThrowsAsync<JetStreamException>(async () => await Client(patience: 0.3).GetAccountAsync(Token));

        Assert.Equal(JetStreamErrorKind.Unavailable, error.Kind);
        Assert.IsType<NatsNoRespondersException>(error.InnerException);
    }

    [Fact]
    public async Task A_server_that_is_away_is_waited_for()
    {
        Play(Purged);
        await _server.StopAsync(Token);
        var call = Client(patience: 0.3).PurgeAsync("s", null, Token).AsTask();
        await Task.Delay(TimeSpan.FromSeconds(0.5), TimeProvider.System, Token);
        Assert.False(call.IsCompleted);

        await _server.StartAsync(Token);

        Assert.Equal(3, await call);
    }

    [Fact]
    public async Task A_token_ends_the_wait()
    {
        Play("");
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(100), TimeProvider.System);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Client().PurgeAsync("s", null, source.Token));
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("{")]
    public async Task An_answer_that_cannot_be_read_is_an_error(string answer)
    {
        Play(answer);

        Assert.Equal(JetStreamErrorKind.Other, (await Assert.ThrowsAsync<JetStreamException>(async () => await Client().PurgeAsync("s", null, Token))).Kind);
        Assert.Equal(JetStreamErrorKind.Other, (await Assert.ThrowsAsync<JetStreamException>(async () => await Client().PublishAsync("api.any", default, default, Token))).Kind);
    }

    [Fact]
    public async Task Subjects_are_counted_page_by_page()
    {
        const string Page = """{"total":3,"offset":OFFSET,"limit":2,"config":{"name":"s"},"state":{"messages":6,"subjects":{COUNTS}}}""";
        var script = Play(
            Page.Replace("OFFSET", "0", StringComparison.Ordinal).Replace("COUNTS", "\"a\":1,\"b\":2", StringComparison.Ordinal),
            Page.Replace("OFFSET", "2", StringComparison.Ordinal).Replace("COUNTS", "\"c\":3", StringComparison.Ordinal));

        var info = await Client().GetStreamAsync("s", ">", Token);

        Assert.Equal((6, 6L), (info!.Subjects.Values.Sum(), info.Messages));
        Assert.Equal(2, script.Received.Length);
    }

    private ScriptedJetStream Play(params string[] answers) => PlayAt("api", answers);

    private ScriptedJetStream PlayAt(string prefix, params string[] answers)
    {
        var script = new ScriptedJetStream(_client, answers);
        _client.Subscribe($"{prefix}.>", script);
        return script;
    }

    private JetStreamClient Client(double patience = 20, double answerTime = 20, string prefix = "api") =>
        new(_client, TimeProvider.System, prefix) { Patience = TimeSpan.FromSeconds(patience), AnswerTime = TimeSpan.FromSeconds(answerTime) };
}
