using System.Text;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Tests.Nats.JetStream;

public sealed class StreamTests(JetStreamFixture fixture) : IClassFixture<JetStreamFixture>
{
    private readonly string _name = fixture.NewName();
    private readonly JetStreamClient _jetStream = fixture.JetStream;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_account_tells_what_it_has()
    {
        await CreateAsync();

        Assert.True((await _jetStream.GetAccountAsync(Token)).Streams > 0);
    }

    [Fact]
    public async Task A_stream_has_the_settings_it_was_created_with()
    {
        var config = new StreamConfig
        {
            Name = _name,
            Subjects = [$"{_name}.a", $"{_name}.b.>"],
            Retention = StreamRetention.WorkQueue,
            DiscardsNew = true,
            MaxMessages = 7,
            MaxBytes = 1_000_000,
            MaxMessagesPerSubject = 3,
            MaxAge = TimeSpan.FromHours(1),
            DuplicateWindow = TimeSpan.FromSeconds(30.5),
            AllowsDirect = true,
            AllowsRollup = true,
            DeniesDelete = true,
        };
        await _jetStream.CreateStreamAsync(config, Token);

        var found = (await _jetStream.GetStreamAsync(_name, cancellationToken: Token))!.Config;

        Assert.Equal(config.Subjects, found.Subjects);
        Assert.Equal(config with { Subjects = [] }, found with { Subjects = [], Told = null });
    }

    [Fact]
    public async Task Creating_a_stream_again_changes_nothing_and_with_other_settings_is_refused()
    {
        await CreateAsync();
        await PublishAsync("a", "1");
        await CreateAsync();

        var error = await Assert.ThrowsAsync<JetStreamException>(async () =>
            await _jetStream.CreateStreamAsync(new StreamConfig { Name = _name, Subjects = [$"{_name}.*"], MaxMessages = 5 }, Token));

        Assert.Equal((JetStreamErrorKind.NameInUse, 10058), (error.Kind, error.ErrorCode));
        Assert.Equal(1, (await _jetStream.GetStreamAsync(_name, cancellationToken: Token))!.Messages);
    }

    [Fact]
    public async Task A_subject_belongs_to_one_stream()
    {
        await CreateAsync();

        var error = await Assert.ThrowsAsync<JetStreamException>(async () =>
            await _jetStream.CreateStreamAsync(new StreamConfig { Name = fixture.NewName(), Subjects = [$"{_name}.a"] }, Token));

        Assert.Equal(JetStreamErrorKind.SubjectInUse, error.Kind);
    }

    [Fact]
    public async Task An_update_leaves_alone_what_others_set()
    {
        var subject = $"$JS.API.STREAM.CREATE.{_name}";
        var json = $$"""{"name":"{{_name}}","description":"by hand","subjects":["{{_name}}.*"],"max_msg_size":1000,"storage":"file","retention":"limits","num_replicas":1}""";
        (await fixture.Client.RequestAsync(Encoding.UTF8.GetBytes(subject), default, Encoding.UTF8.GetBytes(json), TimeSpan.FromSeconds(10), Token)).Dispose();
        var config = (await _jetStream.GetStreamAsync(_name, cancellationToken: Token))!.Config;

        var updated = (await _jetStream.UpdateStreamAsync(config with { MaxMessages = 9 }, Token)).Config;

        Assert.Equal(9, updated.MaxMessages);
        Assert.Equal(("by hand", 1000), (updated.Told!.Value.GetProperty("description").GetString(), updated.Told!.Value.GetProperty("max_msg_size").GetInt32()));
    }

    [Fact]
    public async Task What_cannot_be_changed_is_refused()
    {
        await CreateAsync();

        var error = await Assert.ThrowsAsync<JetStreamException>(async () =>
            await _jetStream.UpdateStreamAsync(new StreamConfig { Name = _name, Subjects = [$"{_name}.*"], Retention = StreamRetention.WorkQueue }, Token));

        Assert.Equal(JetStreamErrorKind.Invalid, error.Kind);
    }

    [Fact]
    public async Task What_is_not_there_is_null_or_not_found()
    {
        Assert.Null(await _jetStream.GetStreamAsync(_name, cancellationToken: Token));
        Assert.Null(await _jetStream.GetConsumerAsync(_name, "c", Token));
        Assert.False(await _jetStream.DeleteConsumerAsync(_name, "c", Token));
        Assert.Equal(JetStreamErrorKind.NotFound, (await Assert.ThrowsAsync<JetStreamException>(async () => await _jetStream.PurgeAsync(_name, null, Token))).Kind);
        Assert.Equal(JetStreamErrorKind.NotFound, (await Assert.ThrowsAsync<JetStreamException>(async () => await _jetStream.GetMessageAsync(_name, 1, null, Token))).Kind);
        Assert.Equal(JetStreamErrorKind.NotFound, (await Assert.ThrowsAsync<JetStreamException>(async () =>
            await _jetStream.CreateConsumerAsync(_name, new ConsumerConfig { Name = "c" }, Token))).Kind);
    }

    [Fact]
    public async Task Messages_are_found_by_place_and_by_subject()
    {
        await CreateAsync();
        await PublishAsync("a", "1");
        await PublishAsync("b", "2", "Kind", "second");
        await PublishAsync("a", "3");

        var second = await _jetStream.GetMessageAsync(_name, 2, null, Token);
        Assert.Equal(($"{_name}.b", 2UL, "2"), (second!.Subject, second.Sequence, Encoding.UTF8.GetString(second.Data.Span)));
        Assert.True(second.Headers.TryGet("Kind"u8, out var kind) && kind.SequenceEqual("second"u8));
        Assert.InRange(second.Time, TimeProvider.System.GetUtcNow().AddMinutes(-1), TimeProvider.System.GetUtcNow().AddMinutes(1));
        Assert.Equal(3UL, (await _jetStream.GetMessageAsync(_name, 2, $"{_name}.a", Token))!.Sequence);
        Assert.Equal(3UL, (await _jetStream.GetLastMessageAsync(_name, $"{_name}.a", Token))!.Sequence);
        Assert.Null(await _jetStream.GetLastMessageAsync(_name, $"{_name}.c", Token));
        Assert.Null(await _jetStream.GetMessageAsync(_name, 4, null, Token));
        Assert.Null(await _jetStream.GetMessageAsync(_name, 4, $"{_name}.a", Token));
    }

    [Fact]
    public async Task A_message_is_deleted_once()
    {
        await CreateAsync();
        await PublishAsync("a", "1");

        Assert.True(await _jetStream.DeleteMessageAsync(_name, 1, Token));
        Assert.False(await _jetStream.DeleteMessageAsync(_name, 1, Token));
        Assert.False(await _jetStream.DeleteMessageAsync(_name, 99, Token));
        Assert.Null(await _jetStream.GetMessageAsync(_name, 1, null, Token));
    }

    [Fact]
    public async Task A_purge_takes_a_subject_or_what_lies_before_a_place()
    {
        await CreateAsync();
        foreach (var subject in (string[])["a", "b", "a", "b", "a"])
        {
            await PublishAsync(subject, "x");
        }

        Assert.Equal(2, await _jetStream.PurgeAsync(_name, $"{_name}.b", Token));
        Assert.Equal(1, await _jetStream.PurgeBeforeAsync(_name, 3, Token));
        Assert.Equal(2, await _jetStream.PurgeAsync(_name, null, Token));
    }

    [Fact]
    public async Task Messages_are_counted_by_subject()
    {
        await CreateAsync();
        foreach (var subject in (string[])["a", "b", "a"])
        {
            await PublishAsync(subject, "x");
        }

        var all = (await _jetStream.GetStreamAsync(_name, $"{_name}.*", Token))!;
        Assert.Equal([new($"{_name}.a", 2), new($"{_name}.b", 1)], all.Subjects.OrderBy(static pair => pair.Key).ToArray());
        Assert.Equal([new($"{_name}.b", 1)], (await _jetStream.GetStreamAsync(_name, $"{_name}.b", Token))!.Subjects.ToArray());
        Assert.Empty((await _jetStream.GetStreamAsync(_name, cancellationToken: Token))!.Subjects);
    }

    [Fact]
    public async Task A_message_id_is_stored_once()
    {
        await CreateAsync();

        var first = await PublishAsync("a", "1", "Nats-Msg-Id", "m");
        var again = await PublishAsync("a", "1", "Nats-Msg-Id", "m");

        Assert.Equal((1UL, false), (first.Sequence, first.IsDuplicate));
        Assert.Equal((1UL, true), (again.Sequence, again.IsDuplicate));
    }

    [Fact]
    public async Task A_full_stream_refuses()
    {
        await _jetStream.CreateStreamAsync(new StreamConfig { Name = _name, Subjects = [$"{_name}.*"], MaxMessages = 1, DiscardsNew = true }, Token);
        await PublishAsync("a", "1");

        Assert.Equal(JetStreamErrorKind.LimitReached, (await PublishAsync("a", "2")).ErrorKind);
    }

    [Theory]
    [InlineData("a.b")]
    [InlineData("a b")]
    [InlineData("a*")]
    [InlineData(">")]
    [InlineData("a/b")]
    [InlineData("ä")]
    [InlineData("")]
    public async Task A_name_that_would_be_another_request_is_refused(string name)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await _jetStream.GetStreamAsync(name, cancellationToken: Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await _jetStream.GetConsumerAsync("s", name, Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await _jetStream.CreateConsumerAsync("s", new ConsumerConfig { Name = name }, Token));
    }

    private ValueTask<StreamInfo> CreateAsync() => _jetStream.CreateStreamAsync(new StreamConfig { Name = _name, Subjects = [$"{_name}.*"] }, Token);

    private async Task<PublishAck> PublishAsync(string subject, string text, string? header = null, string value = "")
    {
        var headers = header is null ? default : new NatsHeaderBlock().Add(Encoding.UTF8.GetBytes(header), value).Bytes.ToArray();
        return (await _jetStream.PublishAsync($"{_name}.{subject}", headers, Encoding.UTF8.GetBytes(text), Token)).Ack;
    }
}
