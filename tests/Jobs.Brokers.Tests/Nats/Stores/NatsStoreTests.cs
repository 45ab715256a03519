using System.Text;
using System.Text.Json;
using Jobs.Brokers.Nats;
using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Stores;
using Jobs.Brokers.Tests.Nats.JetStream;
using Jobs.Stores;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Brokers.Tests.Nats.Stores;

/// <summary>What the store does on a server beyond what the suite asks of all stores.</summary>
public sealed class NatsStoreTests(JetStreamFixture fixture) : IClassFixture<JetStreamFixture>, IAsyncDisposable
{
    private static readonly StoreSweepTimes Always = new()
    {
        Check = TimeSpan.FromMilliseconds(50),
        LeastWrites = 0,
        Longest = TimeSpan.Zero,
        LeastAge = TimeSpan.Zero,
        LeastTrimAge = TimeSpan.Zero,
    };

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<NatsStore> _stores = [];
    private readonly StoreNames _names = new(fixture.NewName());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_conditional_write_whose_answer_was_lost_is_not_taken_for_someone_elses()
    {
        var (store, client) = await OpenAsync();
        client.Losing = 1;
        var created = await store.PutAsync("k", Bytes("1"), StoreCondition.IfAbsent, expiry: null, Token);
        client.Losing = 1;
        var changed = await store.PutAsync("k", Bytes("2"), StoreCondition.IfVersion(created.Version), expiry: null, Token);

        Assert.True(created.Written && changed.Written);
        Assert.Equal(changed.Version, (await store.GetAsync("k", Token))!.Version);
    }

    [Fact]
    public async Task Who_says_what_is_there_has_it_written_without_a_look()
    {
        var (store, _) = await OpenAsync();
        var first = await store.PutAsync("k", Bytes("1"), StoreCondition.IfNotNewer(0), expiry: null, Token);
        using var looks = new CountedLooks(fixture.Client, _names.Stream, _names.EntrySubject("k"));

        var second = await WriteLikelyAsync(store, 5, first.Version);
        var third = await WriteLikelyAsync(store, 6, second.Version);
        Assert.Equal(0, await looks.CountAsync());

        // What is there is newer than that, and than the writer.
        var stale = await WriteLikelyAsync(store, 5, first.Version);
        Assert.Equal(1, await looks.CountAsync());

        Assert.True(second.Written && third.Written);
        Assert.Equal(new StoreWriteResult(false, third.Version), stale);
        var entry = (await store.GetAsync("k", Token))!;
        Assert.Equal((third.Version, 6L), (entry.Version, entry.Order));
    }

    [Fact]
    [Trait("Scenario", "78")]
    public async Task S78_an_acquisition_that_was_given_up_on_and_arrives_after_the_release_holds_nothing()
    {
        var (store, client) = await OpenAsync();
        Assert.False(await store.ReleaseAsync("other", "me", Token));
        using var patience = new CancellationTokenSource();
        var arrival = new TaskCompletionSource();
        client.Asking = subject =>
        {
            if (subject != _names.PermitSubject("permit"))
            {
                return Task.CompletedTask;
            }

            patience.Cancel();
            return arrival.Task;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.AcquireAsync("permit", "me", 1, TimeSpan.FromMinutes(1), patience.Token));
        client.Asking = static _ => Task.CompletedTask;
        var late = client.Asked;

        Assert.False(await store.ReleaseAsync("permit", "me", Token));
        arrival.SetResult();
        await late;

        Assert.True(await store.AcquireAsync("permit", "other", 1, TimeSpan.FromMinutes(1), Token));
    }

    [Fact]
    public async Task A_write_that_lost_its_answer_and_was_overtaken_says_that_it_may_have_written()
    {
        var (store, client) = await OpenAsync();
        var (other, _) = await OpenAsync();
        client.Lost = async () => await other.PutAsync("k", Bytes("theirs"), StoreCondition.Always, expiry: null, Token);
        client.Losing = 1;

        var error = await Assert.ThrowsAsync<JetStreamException>(async () => await store.PutAsync("k", Bytes("ours"), StoreCondition.IfAbsent, expiry: null, Token));

        Assert.Contains("whether it was written cannot be known", error.Message);
        Assert.Equal("theirs", await ReadAsync(store, "k"));
    }

    [Fact]
    public async Task A_write_that_lost_its_answer_and_was_not_stored_is_told_apart_from_one_that_was()
    {
        var (store, client) = await OpenAsync();
        var (other, _) = await OpenAsync();
        var there = await other.PutAsync("k", Bytes("theirs"), StoreCondition.Always, expiry: null, Token);
        client.Losing = 1;

        var refused = await store.PutAsync("k", Bytes("ours"), StoreCondition.IfAbsent, expiry: null, Token);

        Assert.Equal(new StoreWriteResult(false, there.Version), refused);
    }

    [Fact]
    public async Task What_has_expired_or_was_deleted_is_cleared_away()
    {
        var (store, _) = await OpenAsync(Always);
        var index = new StoreIndex("index", 1_000);
        for (var i = 0; i < 20; i++)
        {
            await WriteAsync(store, new StoreWrite { Key = $"short{i}", Value = Bytes("v"), Expiry = TimeSpan.FromMilliseconds(1), Index = index });
            await WriteAsync(store, new StoreWrite { Key = $"deleted{i}", Value = Bytes("v") });
            await store.DeleteAsync($"deleted{i}", StoreCondition.Always, Token);
            await store.AcquireAsync($"permit{i}", "owner", 1, TimeSpan.FromMilliseconds(1), Token);
        }

        await WriteAsync(store, new StoreWrite { Key = "kept", Value = Bytes("v"), Expiry = TimeSpan.FromHours(1), Index = index });

        // The entry, the classes of its index, and what the sweep and the clock keep.
        await UntilAsync(async () => (await StreamAsync(_names.Stream)).Messages <= 4);
        Assert.Equal("v", await ReadAsync(store, "kept"));
        Assert.Equal("kept", Assert.Single((await store.PageAsync("index", null, 10, Token)).Entries).Key);
    }

    [Fact]
    public async Task What_a_large_index_has_no_room_for_is_not_shown_and_is_cleared_away()
    {
        var (store, _) = await OpenAsync();
        await FillAsync(store, new StoreIndex("index", 101), 150);
        string[] newest = [.. Enumerable.Range(49, 101).Reverse().Select(static i => $"k:{i}")];

        Assert.Equal(101, await CountAsync(store, "index"));
        Assert.Equal(newest, (await store.PageAsync("index", null, 1_000, Token)).Entries.Select(static entry => entry.Key));

        // Not yet gone, though: it was written a moment ago.
        Assert.NotNull(await store.GetAsync("k:0", Token));
        await OpenAsync(Always);
        await UntilAsync(async () => await store.GetAsync("k:48", Token) is null);
        Assert.Equal(newest, (await store.PageAsync("index", null, 1_000, Token)).Entries.Select(static entry => entry.Key));
    }

    [Fact]
    public async Task What_an_index_has_no_room_for_stays_until_it_is_old_enough()
    {
        var (store, _) = await OpenAsync();
        await FillAsync(store, new StoreIndex("index", 101), 150);
        await store.DeleteAsync("k:149", StoreCondition.Always, Token);

        await OpenAsync(Always with { LeastTrimAge = TimeSpan.FromHours(1) });

        // The mark of the deletion goes: it was swept.
        await UntilAsync(async () => (await StreamAsync(_names.Stream)).Messages == 149 + 3);
        Assert.NotNull(await store.GetAsync("k:0", Token));
    }

    [Fact]
    public async Task A_capacity_that_changes_counts_as_it_was_written_last()
    {
        var (store, _) = await OpenAsync();
        await FillAsync(store, new StoreIndex("index", 500), 150);
        Assert.Equal(150, await CountAsync(store, "index"));

        await WriteAsync(store, new StoreWrite { Key = "k:last", Value = Bytes("v"), Index = new StoreIndex("index", 110) });

        Assert.Equal(110, await CountAsync(store, "index"));
    }

    [Fact]
    public async Task An_index_is_read_with_the_entries_of_its_classes_only()
    {
        var (store, _) = await OpenAsync();
        var (index, other) = (new StoreIndex("index", 1_000), new StoreIndex("other", 1_000));
        await WriteAsync(store, new StoreWrite { Key = "a:1", Value = Bytes("v"), Index = index });
        await WriteAsync(store, new StoreWrite { Key = "plain", Value = Bytes("v"), Index = index });
        await WriteAsync(store, new StoreWrite { Key = "ü: 2", Value = Bytes("v"), Index = index });
        await WriteAsync(store, new StoreWrite { Key = "b:ü", Value = Bytes("v"), Index = other });

        Assert.Equal("a.*\n*", await ClassesAsync("index"));
        Assert.Equal("b.*", await ClassesAsync("other"));
        Assert.Equal(["ü: 2", "plain", "a:1"], (await store.PageAsync("index", null, 10, Token)).Entries.Select(static entry => entry.Key));
        Assert.Equal("b:ü", Assert.Single((await store.PageAsync("other", null, 10, Token)).Entries).Key);
    }

    [Fact]
    public async Task An_index_of_many_classes_is_read_with_the_entries_of_all()
    {
        var (store, _) = await OpenAsync();
        var index = new StoreIndex("index", 1_000);
        for (var i = 0; i < 20; i++)
        {
            await WriteAsync(store, new StoreWrite { Key = $"class{i}:1", Value = Bytes("v"), Index = index });
        }

        Assert.Equal(StoreNames.AllClasses, await ClassesAsync("index"));
        Assert.Equal(20, await CountAsync(store, "index"));
        Assert.Equal(20, (await store.PageAsync("index", null, 100, Token)).Entries.Count);
    }

    [Fact]
    public async Task A_page_of_several_classes_is_in_the_order_of_writing_and_within_the_capacity()
    {
        var (store, _) = await OpenAsync();
        var index = new StoreIndex("index", 110);
        for (var i = 0; i < 150; i++)
        {
            await WriteAsync(store, new StoreWrite { Key = $"{(i % 3 == 0 ? "a" : "b")}:{i}", Value = Bytes("v"), Index = index });
        }

        var first = await store.PageAsync("index", null, 100, Token);
        var second = await store.PageAsync("index", first.Next, 100, Token);

        Assert.Equal(Enumerable.Range(40, 110).Reverse().Select(static i => $"{(i % 3 == 0 ? "a" : "b")}:{i}"), first.Entries.Concat(second.Entries).Select(static entry => entry.Key));
        Assert.Null(second.Next);
        Assert.Equal(110, await CountAsync(store, "index"));
    }

    [Fact]
    public async Task A_long_index_is_paged_to_its_end()
    {
        const int Count = 3_000;
        var (store, _) = await OpenAsync();
        var (index, other) = (new StoreIndex("index", 10_000), new StoreIndex("other", 10_000));
        StoreWrite[] writes = [.. Enumerable.Range(0, Count).Select(i => new StoreWrite { Key = $"k{i}", Value = Bytes("v"), Index = i % 3 == 0 ? other : index })];
        await store.WriteAsync(writes, new StoreWriteResult[Count], Token);

        var keys = new List<string>();
        var versions = new List<long>();
        string? cursor = null;
        do
        {
            var page = await store.PageAsync("index", cursor, 700, Token);
            keys.AddRange(page.Entries.Select(static entry => entry.Key));
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(Count - (Count / 3), keys.Distinct().Count());
        Assert.Equal(keys.Count, keys.Distinct().Count());
    }

    [Fact]
    public async Task A_bucket_that_drops_by_age_is_mended_and_what_others_set_stays()
    {
        var wanted = _names.StreamConfig(1);
        await fixture.JetStream.CreateStreamAsync(wanted with { MaxAge = TimeSpan.FromHours(1), Told = Announcing() }, Token);
        var verified = await Assert.ThrowsAsync<JobConfigurationException>(async () => await Open(new ForgetfulClient(fixture.Client)).ProvisionAsync(ProvisionMode.Verify, Token));
        Assert.Contains($"The bucket of the store ('{_names.Stream}') drops messages after 01:00:00", verified.Message);

        await Open(new ForgetfulClient(fixture.Client)).ProvisionAsync(ProvisionMode.CreateIfMissing, Token);
        var mended = (await StreamAsync(_names.Stream)).Config;
        Assert.Equal(TimeSpan.Zero, mended.MaxAge);
        Assert.Equal($"{_names.Namespace}.announced.>", mended.Told!.Value.GetProperty("republish").GetProperty("dest").GetString());

        // Announcements of what is stored, which nobody needs, do no harm.
        var (store, _) = await OpenAsync();
        await store.PutAsync("k", Bytes("v"), StoreCondition.Always, expiry: null, Token);
        Assert.Equal("v", await ReadAsync(store, "k"));

        JsonElement Announcing() => JsonElement.Parse(
            $$"""{ "republish": { "src": "{{_names.EntrySubjects(StoreNames.AllClasses)}}", "dest": "{{_names.Namespace}}.announced.>", "headers_only": true } }""");
    }

    [Fact]
    public async Task A_bucket_that_was_deleted_is_made_again()
    {
        var (store, _) = await OpenAsync();
        await store.PutAsync("k", Bytes("v"), StoreCondition.Always, expiry: null, Token);
        using (var reply = await fixture.Client.RequestAsync(Encoding.ASCII.GetBytes($"$JS.API.STREAM.DELETE.{_names.Stream}"), default, default, Patience, Token))
        {
            Assert.Contains("\"success\":true", Encoding.UTF8.GetString(reply.Payload));
        }

        await Assert.ThrowsAsync<JetStreamException>(async () => await store.GetAsync("k", Token));

        Assert.Null(await store.GetAsync("k", Token));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static async Task<string?> ReadAsync(NatsStore store, string key) =>
        await store.GetAsync(key, Token) is { } entry ? Encoding.UTF8.GetString(entry.Value.Span) : null;

    private static async Task WriteAsync(NatsStore store, StoreWrite write) => await store.WriteAsync((StoreWrite[])[write], new StoreWriteResult[1], Token);

    private static async Task<StoreWriteResult> WriteLikelyAsync(NatsStore store, long order, long likely)
    {
        var results = new StoreWriteResult[1];
        await store.WriteAsync((StoreWrite[])[new StoreWrite { Key = "k", Value = Bytes("v"), Condition = StoreCondition.IfNotNewer(order), LikelyVersion = likely }], results, Token);
        return results[0];
    }

    private static async Task FillAsync(NatsStore store, StoreIndex index, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await WriteAsync(store, new StoreWrite { Key = $"k:{i}", Value = Bytes("v"), Index = index });
        }
    }

    private static async Task<long> CountAsync(NatsStore store, string index)
    {
        var counts = new long[1];
        await store.CountAsync((string[])[index], counts, Token);
        return counts[0];
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "It has not come about in time.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }

    private async Task<string> ClassesAsync(string index) =>
        Encoding.UTF8.GetString((await fixture.JetStream.GetLastMessageAsync(_names.Stream, _names.ClassesSubject(index), Token))!.Data.Span);

    private async Task<StreamInfo> StreamAsync(string name) => (await fixture.JetStream.GetStreamAsync(name, cancellationToken: Token))!;

    private async Task<(NatsStore Store, ForgetfulClient Client)> OpenAsync(StoreSweepTimes? sweeping = null)
    {
        var client = new ForgetfulClient(fixture.Client);
        var store = Open(client, sweeping);
        await store.ProvisionAsync(ProvisionMode.CreateIfMissing, Token);
        return (store, client);
    }

    private NatsStore Open(ForgetfulClient client, StoreSweepTimes? sweeping = null, StoreNames? names = null)
    {
        var store = new NatsStore(
            client, (names ?? _names).Namespace, new NatsBrokerOptions(), ProvisionMode.CreateIfMissing, TimeProvider.System, new JobsTelemetry(), NullLogger.Instance, sweeping);
        _stores.Add(store);
        return store;
    }
}
