using Jobs.Brokers;
using Jobs.Keys;
using Jobs.Tests.Status;

namespace Jobs.Tests.Keys;

/// <summary>Reserve, send, confirm: each step at which something may go wrong.</summary>
public sealed class KeyedStepsTests : IAsyncDisposable
{
    private static readonly TimeSpan Reservation = TimeSpan.FromMinutes(2);

    private readonly KeyedProducers _producers = new();

    public ValueTask DisposeAsync() => _producers.DisposeAsync();

    // Requirement mistake D1: a key that is set before the work, and stays when the work was never done.
    [Fact]
    public async Task D01_a_producer_that_dies_before_the_send_loses_no_job()
    {
        var host = _producers.Start();
        var dies = new TaskCompletionSource();
        _producers.Broker.Sending = _ => dies.Task;
        _ = host.EnqueueAsync(new KeyedArgs(7)).AsTask();
        _producers.Broker.Sending = static _ => Task.CompletedTask;
        var other = _producers.Start();
        await Assert.ThrowsAsync<JobKeyConflictException>(async () => await other.EnqueueAsync(new KeyedArgs(7)));

        _producers.Time.Advance(Reservation);
        var second = await other.EnqueueAsync(new KeyedArgs(7));

        Assert.Equal([second.Id], _producers.Sent);
    }

    [Fact]
    public async Task A_producer_that_dies_after_the_send_leaves_the_key_to_the_worker()
    {
        var away = new AwayStore(_producers.Store);
        var host = _producers.Start(away);
        _producers.Broker.Sending = _ =>
        {
            away.IsAway = true;
            return Task.CompletedTask;
        };
        var handle = await host.EnqueueAsync(new KeyedArgs(7));

        Assert.Equal([handle.Id], _producers.Sent);
        Assert.Equal((handle.Id, KeyPhase.Reserved), ((await _producers.RecordAsync())!.Value.Id, (await _producers.RecordAsync())!.Value.Phase));
        Assert.Contains(host.Logs.Entries, static line => line.Message.Contains("key:test.keyed:number:7 was not written", StringComparison.Ordinal));

        var worker = new JobKeys(_producers.Store, TimeSpan.FromHours(1), _producers.Time);
        Assert.True((await worker.HoldAsync(KeyedProducers.StoreKey, handle.Id, run: 4, TestContext.Current.CancellationToken)).IsMine);
        _producers.Time.Advance(Reservation);
        away.IsAway = false;
        Assert.Equal(handle.Id, (await Assert.ThrowsAsync<JobKeyConflictException>(async () => await host.EnqueueAsync(new KeyedArgs(7)))).ExistingId);
    }

    [Fact]
    public async Task An_unknown_job_keeps_its_reservation_and_may_be_sent_again()
    {
        var host = _producers.Start();
        _producers.Refuse(SendStatus.Unknown);
        var error = await Assert.ThrowsAsync<JobEnqueueUnknownException>(async () => await host.EnqueueAsync(new KeyedArgs(7)));
        Assert.Equal("number:7", error.Key);
        Assert.Contains("Its key 'number:7' stays reserved", error.Message, StringComparison.Ordinal);

        _producers.Accept();
        await Assert.ThrowsAsync<JobKeyConflictException>(async () => await host.EnqueueAsync(new KeyedArgs(7)));
        await host.EnqueueAsync(new KeyedArgs(7), new() { Id = error.Id });

        Assert.Equal([error.Id], _producers.Sent);
        Assert.Equal(KeyPhase.Waiting, (await _producers.RecordAsync())!.Value.Phase);
    }

    [Fact]
    public async Task A_job_that_the_broker_had_before_may_have_ended_so_its_key_is_not_held_for_long()
    {
        var host = _producers.Start();
        _producers.Refuse(SendStatus.Duplicate);
        await host.EnqueueAsync(new KeyedArgs(7), new() { Id = JobId.Parse("once") });
        Assert.Equal(KeyPhase.Reserved, (await _producers.RecordAsync())!.Value.Phase);

        await host.EnqueueAsync(new KeyedArgs(8), new() { Id = JobId.Parse("later"), Delay = TimeSpan.FromDays(1) });
        Assert.Equal(KeyPhase.Waiting, (await _producers.RecordAsync("key:test.keyed:number:8"))!.Value.Phase);
    }

    [Fact]
    public async Task A_send_does_not_outlast_its_reservation()
    {
        var host = _producers.Start();
        _producers.Broker.Sending = static token => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        var enqueueing = host.EnqueueAsync(new KeyedArgs(7)).AsTask();
        _producers.Time.Advance(Reservation / 2);

        await Assert.ThrowsAsync<JobEnqueueUnknownException>(() => enqueueing);
    }

    [Fact]
    public async Task Who_wants_the_existing_job_waits_until_its_broker_has_it()
    {
        var host = _producers.Start();
        var answer = new TaskCompletionSource();
        _producers.Broker.Sending = _ => answer.Task;
        var first = host.EnqueueAsync(new KeyedArgs(7)).AsTask();
        var second = _producers.Start().EnqueueAsync(new KeyedArgs(7), new() { OnConflict = KeyConflict.ReturnExisting }).AsTask();
        Assert.False(second.IsCompleted);

        _producers.Refuse(SendStatus.QueueFull);
        _producers.Broker.Sending = _ => { _producers.Accept(); return Task.CompletedTask; };
        answer.SetResult();
        await Assert.ThrowsAsync<JobEnqueueException>(() => first);

        var handle = await second;
        Assert.False(handle.IsExisting);
        Assert.Equal([handle.Id], _producers.Sent);
    }

    [Fact]
    public async Task A_store_that_cannot_cancel_cannot_replace()
    {
        var host = _producers.Start(new AwayStore(_producers.Store));
        var error = await Assert.ThrowsAsync<JobConfigurationException>(async () => await host.EnqueueAsync(new KeyedArgs(7), new() { OnConflict = KeyConflict.Replace }));
        Assert.Contains("'away' cannot", error.Message, StringComparison.Ordinal);
    }
}
