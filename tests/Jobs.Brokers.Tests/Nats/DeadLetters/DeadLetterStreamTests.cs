using System.Text;
using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.DeadLetters;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Brokers.Nats.Provisioning;
using Jobs.Brokers.Tests.Nats.JetStream;

namespace Jobs.Brokers.Tests.Nats.DeadLetters;

public sealed class DeadLetterStreamTests : IClassFixture<JetStreamFixture>, IAsyncLifetime
{
    private const string Queue = "q";

    private readonly NatsNames _names;
    private readonly JetStreamClient _jetStream;
    private readonly DeadLetterStream _dead;

    public DeadLetterStreamTests(JetStreamFixture fixture)
    {
        _names = new NatsNames(fixture.NewName());
        _jetStream = fixture.JetStream;
        _dead = new DeadLetterStream(_jetStream, _names);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        await _jetStream.CreateStreamAsync(new QueueBlueprint(_names, new NatsBrokerOptions()).Dead(new QueueTopology(Queue, TimeSpan.FromSeconds(30))), Token);

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task Pages_are_oldest_first_and_stay_so_while_entries_come_and_go()
    {
        await BuryAsync(Enumerable.Range(0, 10).Select(static i => $"k{i}"));

        var first = await _dead.ReadPageAsync(Queue, null, 4, Token);
        await _dead.DeleteAsync(Queue, first.Entries[1].Sequence, Token);
        await _dead.DeleteAsync(Queue, first.Entries[3].Sequence, Token);
        await BuryAsync(["late"]);
        var second = await _dead.ReadPageAsync(Queue, first.Next, 4, Token);
        var third = await _dead.ReadPageAsync(Queue, second.Next, 4, Token);

        Assert.Equal(["k0", "k1", "k2", "k3"], Keys(first.Entries));
        Assert.Equal(["k4", "k5", "k6", "k7"], Keys(second.Entries));
        Assert.Equal(["k8", "k9", "late"], Keys(third.Entries));
        Assert.Null(third.Next);
        Assert.Equal(9, await _dead.CountAsync(Queue, Token));
    }

    [Fact]
    public async Task A_last_page_that_is_full_has_no_next()
    {
        await BuryAsync(["a", "b"]);

        Assert.Null((await _dead.ReadPageAsync(Queue, null, 2, Token)).Next);
    }

    [Theory]
    [InlineData("plain-key_1")]
    [InlineData("any id: with *, > and . inside")]
    [InlineData("=looks-hashed")]
    public async Task An_entry_is_found_by_its_key(string key)
    {
        await BuryAsync(["other", key]);

        var entry = await _dead.FindAsync(Queue, key, Token);

        Assert.Equal((key, "rejected", "why", $"document of {key}"), (entry!.Letter.Key, entry.Letter.Reason, entry.Letter.Error, Encoding.UTF8.GetString(entry.Letter.Document.Span)));
        Assert.Null(entry.Letter.Message);
        Assert.Null(await _dead.FindAsync(Queue, "absent", Token));
    }

    [Fact]
    public async Task A_job_has_one_dead_letter()
    {
        await BuryAsync(["a", "b", "a"]);

        Assert.Equal(["b", "a"], Keys((await _dead.ReadPageAsync(Queue, null, 10, Token)).Entries));
    }

    [Fact]
    public async Task Of_many_who_delete_one_does()
    {
        await BuryAsync(["a"]);
        var entry = await _dead.FindAsync(Queue, "a", Token);

        var deleted = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _dead.DeleteAsync(Queue, entry!.Sequence, Token).AsTask()));

        Assert.Single(deleted, true);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(11)]
    [InlineData(12)]
    public async Task A_purge_removes_what_died_before(int kept)
    {
        await BuryAsync(Enumerable.Range(0, 12).Select(static i => $"k{i}"));
        var entries = (await _dead.ReadPageAsync(Queue, null, 12, Token)).Entries;
        await _dead.DeleteAsync(Queue, entries[5].Sequence, Token);
        var left = entries.Where((_, i) => i != 5).ToArray();
        var border = kept == 0 ? left[^1].Letter.DiedAt.AddTicks(1) : left[Math.Max(0, left.Length - kept)].Letter.DiedAt;
        var expected = left.Where(entry => entry.Letter.DiedAt >= border).ToArray();

        Assert.Equal(left.Length - expected.Length, await _dead.PurgeAsync(Queue, border, Token));
        Assert.Equal(Keys(expected), Keys((await _dead.ReadPageAsync(Queue, null, 100, Token)).Entries));
        Assert.Equal(0, await _dead.PurgeAsync(Queue, border, Token));
    }

    [Fact]
    public async Task A_purge_of_all_leaves_nothing()
    {
        await BuryAsync(["a", "b"]);

        Assert.Equal(2, await _dead.PurgeAsync(Queue, DateTimeOffset.MaxValue, Token));
        Assert.Equal(0, await _dead.CountAsync(Queue, Token));
        Assert.Equal(0, await _dead.PurgeAsync(Queue, DateTimeOffset.MaxValue, Token));
    }

    [Fact]
    public async Task A_queue_that_nobody_provisioned_has_none()
    {
        Assert.Equal(0, await _dead.CountAsync("absent", Token));
        Assert.Equal(0, await _dead.PurgeAsync("absent", DateTimeOffset.MaxValue, Token));
        Assert.Null(await _dead.FindAsync("absent", "a", Token));
        Assert.Empty((await _dead.ReadPageAsync("absent", null, 10, Token)).Entries);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("")]
    public async Task A_cursor_that_is_none_is_refused(string cursor) =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await _dead.ReadPageAsync(Queue, cursor, 10, Token));

    [Fact]
    public async Task The_largest_document_can_be_read()
    {
        var document = new byte[(1024 * 1024) - (32 * 1024)];
        var headers = new NatsHeaderBlock();
        DeadHeaders.Write(headers, "big", default, "rejected", null);
        Assert.True((await _jetStream.PublishAsync(_names.DeadSubject(Queue, "big"), headers.Bytes.ToArray(), document, Token)).Ack.IsStored);

        Assert.Equal(document.Length, (await _dead.FindAsync(Queue, "big", Token))!.Letter.Document.Length);
    }

    private static string[] Keys(IEnumerable<DeadEntry> entries) => [.. entries.Select(static entry => entry.Letter.Key)];

    private async Task BuryAsync(IEnumerable<string> keys)
    {
        foreach (var key in keys)
        {
            var headers = new NatsHeaderBlock();
            DeadHeaders.Write(headers, key, default, "rejected", "why");
            Assert.True((await _jetStream.PublishAsync(_names.DeadSubject(Queue, key), headers.Bytes.ToArray(), Encoding.UTF8.GetBytes($"document of {key}"), Token)).Ack.IsStored);
        }
    }
}
