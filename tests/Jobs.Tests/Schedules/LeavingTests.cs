using Jobs.Messages;
using Jobs.Schedules;
using Jobs.Tests.Definitions;
using Jobs.Tests.Scenarios;
using Jobs.Tests.Status;

namespace Jobs.Tests.Schedules;

/// <summary>A node that leaves while it has a tick in hand.</summary>
public sealed class LeavingTests : IAsyncDisposable
{
    private const string Schedule = "often";
    private readonly Bench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_tick_that_is_claimed_is_sent_before_the_node_leaves()
    {
        var store = new AwayStore(_bench.Store);
        var (claimed, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        store.OnPut = async key =>
        {
            if (key == ScheduleRecord.KeyOf(Schedule) && (await ReadAsync()).Claim is not null)
            {
                claimed.TrySetResult();
                await released.Task;
            }
        };
        var node = await _bench.StartAsync(node =>
        {
            node.Handle<NumberArgs>(static _ => Task.CompletedTask);
            node.Jobs.AddStore("away", _ => store);
            node.Configure(static options =>
            {
                options.Store = "away";
                options.Schedules[Schedule] = new ScheduleOptions { Job = "test.number", Every = TimeSpan.FromMinutes(5), Args = """{"value":1}""" };
            });
        });
        await _bench.Broker.SetPausedAsync(Bench.Queue, true, Bench.Token);
        await _bench.DriveUntilAsync(() => claimed.Task.IsCompleted, TimeSpan.FromMinutes(1));

        var stopping = node.StopAsync();
        released.SetResult();
        await _bench.DriveAsync(stopping);

        var record = await ReadAsync();
        Assert.Null(record.Claim);
        Assert.NotNull(record.Last);
        Assert.Equal(record.Last, record.Done);
        Assert.Equal(1, _bench.Depth().Waiting);
    }

    private async Task<ScheduleRecord> ReadAsync()
    {
        var entry = await _bench.Store.GetAsync(ScheduleRecord.KeyOf(Schedule), Bench.Token);
        Assert.True(ScheduleRecord.TryDecode(entry!.Value, out var record));
        return record;
    }
}
