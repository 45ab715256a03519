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
    private readonly List<(object Owner, Exception? Error)> _told = [];
    private readonly MemoryStore _memory;
    private readonly AwayStore _store;
    private readonly RecordWriter _writer;

    public RecordWriterTests()
    {
        _memory = new MemoryStore(_clock);
        _store = new AwayStore(_memory);
        _writer = new RecordWriter(_store, (owner, error) => _told.Add((owner, error)), new JobsTelemetry(), _clock, NullLogger.Instance);
    }

    public ValueTask DisposeAsync() => _memory.DisposeAsync();

    [Fact]
    public async Task Owners_are_told_when_their_writes_are_there()
    {
        _writer.Add([Write("a", 1), Write("b", 1)], "owner", mayBeLate: false);

        Assert.Equal([("owner", null)], _told);
        Assert.NotNull(await ReadAsync("a"));
        Assert.NotNull(await ReadAsync("b"));
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

        _store.IsAway = false;
        _writer.Add([Write("overtaken", 2)], "newer", mayBeLate: true);
        await UntilAsync(async () => await ReadAsync("late") is not null);

        Assert.Equal(2, (await ReadAsync("overtaken"))!.Order);
        Assert.Null(await ReadAsync("never"));
    }

    private static StoreWrite Write(string key, long order) => new() { Key = key, Value = "v"u8.ToArray(), Condition = StoreCondition.IfNotNewer(order) };

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
