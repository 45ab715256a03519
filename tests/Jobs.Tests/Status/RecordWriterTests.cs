using System.Collections.Concurrent;
using Jobs.Memory;
using Jobs.Status;
using Jobs.Stores;
using Jobs.Telemetry;
using Jobs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Jobs.Tests.Status;

public sealed class RecordWriterTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly List<(object Owner, StoreWriteResult[] Results, Exception? Error)> _told = [];
    private readonly MemoryStore _memory;
    private readonly AwayStore _store;
    private readonly RecordWriter _writer;

    public RecordWriterTests()
    {
        _memory = new MemoryStore(_clock);
        _store = new AwayStore(_memory);
        _writer = new RecordWriter(_store, (owner, results, error) => _told.Add((owner, results.ToArray(), error)), new JobsTelemetry(), _clock, NullLogger.Instance);
    }

    public ValueTask DisposeAsync() => _memory.DisposeAsync();

    [Fact]
    public async Task Owners_are_told_when_their_writes_are_there()
    {
        _writer.Add([Write("a", 1), Write("b", 1)], "owner", mayBeLate: false);

        Assert.Equal(("owner", null), Assert.Single(_told.Select(static told => (told.Owner, told.Error))));
        Assert.NotNull(await ReadAsync("a"));
        Assert.NotNull(await ReadAsync("b"));
    }

    [Fact]
    public async Task Each_owner_hears_what_became_of_its_own_writes()
    {
        await _memory.PutAsync("first", "v"u8.ToArray(), StoreCondition.Always, expiry: null, TestContext.Current.CancellationToken);
        var (gate, allTold) = (new TaskCompletionSource(), new TaskCompletionSource());
        _store.Gate = gate.Task;
        var told = new ConcurrentDictionary<object, StoreWriteResult[]>();
        var writer = new RecordWriter(
            _store,
            (owner, results, _) =>
            {
                told[owner] = results.ToArray();
                if (told.Count == 5)
                {
                    allTold.TrySetResult();
                }
            },
            new JobsTelemetry(),
            _clock,
            NullLogger.Instance);
        for (var i = 0; i < 3; i++)
        {
            writer.Add([Write("first", 1)], i, mayBeLate: false);
        }

        // These wait for those, in one batch.
        writer.Add([Write("a", 1)], owner: null, mayBeLate: false);
        writer.Add([Write("b", 1), Write("first", -1), Write("c", 1)], "many", mayBeLate: false);
        writer.Add([Write("d", 1)], "one", mayBeLate: false);
        gate.SetResult();
        await allTold.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Equal(4, _store.Writes);
        Assert.Equal([true, false, true], told["many"].Select(static result => result.Written));
        Assert.Equal((await ReadAsync("c"))!.Version, told["many"][2].Version);
        Assert.Equal((await ReadAsync("d"))!.Version, Assert.Single(told["one"]).Version);
    }

    [Fact]
    public async Task What_may_be_late_is_written_once_the_store_is_back_and_overwrites_nothing_newer()
    {
        _store.IsAway = true;
        _writer.Add([Write("late", 1)], "late", mayBeLate: true);
        _writer.Add([Write("overtaken", 1)], "overtaken", mayBeLate: true);
        _writer.Add([Write("never", 1)], "never", mayBeLate: false);
        Assert.Equal(["late", "overtaken", "never"], _told.Select(static told => told.Owner));
        Assert.All(_told, static told => Assert.IsType<IOException>(told.Error));
        Assert.All(_told, static told => Assert.Empty(told.Results));

        _store.IsAway = false;
        _writer.Add([Write("overtaken", 2)], "newer", mayBeLate: true);
        await UntilAsync(async () => await ReadAsync("late") is not null);

        Assert.Equal(2, (await ReadAsync("overtaken"))!.Order);
        Assert.Null(await ReadAsync("never"));
    }

    // An order of -1: only if nothing is there.
    private static StoreWrite Write(string key, long order) => new()
    {
        Key = key,
        Value = "v"u8.ToArray(),
        Condition = order < 0 ? StoreCondition.IfAbsent : StoreCondition.IfNotNewer(order),
    };

    private async Task<StoreEntry?> ReadAsync(string key) => await _memory.GetAsync(key, TestContext.Current.CancellationToken);

    private async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 1_000 && !await holds(); i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.True(await holds());
    }
}
