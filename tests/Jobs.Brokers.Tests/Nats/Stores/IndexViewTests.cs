using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Stores;
using Jobs.Brokers.Tests.Nats.JetStream;
using Jobs.Stores;
using Jobs.Telemetry;
using Jobs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Nats.Stores;

/// <summary>How long a view keeps what it has read.</summary>
public sealed class IndexViewTests : IClassFixture<JetStreamFixture>, IAsyncLifetime
{
    private static readonly StoreIndex Index = new("index", 1_000);

    private readonly FakeTimeProvider _time = new();
    private readonly ForgetfulClient _client;
    private readonly JetStreamClient _jetStream;
    private readonly StoreNames _names;
    private readonly NatsStore _store;
    private readonly StoreReader _reader;
    private readonly ServerClock _clock;
    private readonly IndexView _view;

    public IndexViewTests(JetStreamFixture fixture)
    {
        _names = new StoreNames(fixture.NewName());
        _client = new ForgetfulClient(fixture.Client) { Reconnected = 0 };
        _jetStream = fixture.JetStream;
        _store = new NatsStore(
            _client, _names.Namespace, new NatsBrokerOptions(), ProvisionMode.CreateIfMissing, TimeProvider.System, new JobsTelemetry(), NullLogger.Instance);
        _reader = new StoreReader(_jetStream, _names.Stream, static () => { });
        _clock = new ServerClock(_client, _jetStream, _reader, _names, TimeProvider.System);
        _view = new IndexView(_client, _jetStream, _reader, _clock, _names.Stream, _names.EntrySubjects("job.*"), exact: 0, static (_, _) => default, _time);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await WriteAsync("job:1", "job:2", "other:1");

    public async ValueTask DisposeAsync()
    {
        _view.Dispose();
        _clock.Dispose();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task What_was_read_is_kept_and_what_came_since_is_added()
    {
        var before = await AskAsync(2);
        await WriteAsync("job:3", "job:1", "other:2");
        await _store.DeleteAsync("job:2", StoreCondition.Always, Token);

        Assert.Same(before, await AskAsync(2));
        await WriteAsync("job:4");
        Assert.Same(before, await AskAsync(3));
    }

    [Fact]
    public async Task It_is_read_anew_when_nobody_has_asked_for_a_minute_and_the_memory_is_free_by_then()
    {
        var before = await AskAsync(2);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Same(before, await AskAsync(2));
        Assert.Equal(2, _view.Rows);

        _time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(0, _view.Rows);
        Assert.NotSame(before, await AskAsync(2));
    }

    [Fact]
    public async Task It_is_read_anew_after_ten_minutes_however_often_it_is_asked()
    {
        var before = await AskAsync(2);
        for (var i = 0; i < 11; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(59));
            await AskAsync(2);
        }

        Assert.NotSame(before, await AskAsync(2));
    }

    [Fact]
    public async Task What_was_read_before_a_reconnect_does_not_count()
    {
        var before = await AskAsync(2);
        await TakeOutAsync("job:2");
        Assert.Same(before, await AskAsync(2));

        _client.Reconnected = 1;

        Assert.NotSame(before, await AskAsync(1));
    }

    [Fact]
    public async Task What_a_server_has_forgotten_does_not_count()
    {
        var before = await _view.AskAsync(
            static table =>
            {
                // As if it had read what the server has not any more.
                table.Seen += 100;
                return table;
            },
            Token);

        Assert.NotSame(before, await AskAsync(2));
    }

    [Fact]
    public async Task Another_stream_of_that_name_is_another()
    {
        var before = await AskAsync(2);
        (await _client.RequestAsync(System.Text.Encoding.ASCII.GetBytes($"$JS.API.STREAM.DELETE.{_names.Stream}"), default, default, TimeSpan.FromSeconds(10), Token)).Dispose();
        var missing = await Assert.ThrowsAsync<JetStreamException>(async () => await AskAsync(0));
        await _jetStream.CreateStreamAsync(_names.StreamConfig(1), Token);
        await WriteAsync([.. Enumerable.Range(0, 20).Select(static i => $"job:{i}")]);

        Assert.Equal(JetStreamErrorKind.NotFound, missing.Kind);
        Assert.NotSame(before, await AskAsync(20));
    }

    [Fact]
    public async Task A_class_that_the_server_has_forgotten_is_noted_again_after_a_reconnect()
    {
        var classes = (await _jetStream.GetLastMessageAsync(_names.Stream, _names.ClassesSubject("index"), Token))!;
        await _jetStream.DeleteMessageAsync(_names.Stream, classes.Sequence, Token);
        _client.Reconnected = 1;

        await WriteAsync("job:3");

        Assert.Equal(3, (await _store.PageAsync("index", null, 10, Token)).Entries.Count);
    }

    private async Task<IndexTable> AskAsync(int count)
    {
        var (table, counted) = await _view.AskAsync(static table => (table, table.CountOf("index").Count), Token);
        Assert.Equal(count, counted);
        return table;
    }

    private async Task TakeOutAsync(string key) =>
        await _jetStream.DeleteMessageAsync(_names.Stream, (await _jetStream.GetLastMessageAsync(_names.Stream, _names.EntrySubject(key), Token))!.Sequence, Token);

    private async Task WriteAsync(params string[] keys) =>
        await _store.WriteAsync(keys.Select(static key => new StoreWrite { Key = key, Value = "v"u8.ToArray(), Index = Index }).ToArray(), new StoreWriteResult[keys.Length], Token);
}
