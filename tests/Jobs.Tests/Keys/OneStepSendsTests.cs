using Jobs.Brokers;
using Jobs.Keys;
using Jobs.Monitoring;
using Jobs.Memory;
using Jobs.Tests.Hosting;

namespace Jobs.Tests.Keys;

/// <summary>Jobs whose broker writes the records of their keys as it takes them.</summary>
public sealed class OneStepSendsTests : IAsyncDisposable
{
    private static readonly EnqueueOptions Existing = new() { OnConflict = KeyConflict.ReturnExisting };

    private readonly KeyedProducers _producers = new(inOneStep: true);

    private ConditionalStubBroker Broker => (ConditionalStubBroker)_producers.Broker;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _producers.DisposeAsync();

    [Fact]
    public async Task One_call_of_the_broker_does_it_and_the_key_is_held_for_as_long_as_a_confirmed_one()
    {
        var host = _producers.Start();
        var handle = await host.EnqueueAsync(new KeyedArgs(7));

        Assert.Equal(1, Broker.Calls);
        Assert.Empty(Broker.Sends);
        Assert.Equal(new KeyRecord { Id = handle.Id, Phase = KeyPhase.Waiting }, await _producers.RecordAsync());
        _producers.Time.Advance(TimeSpan.FromHours(23));
        Assert.NotNull(await _producers.RecordAsync());
        _producers.Time.Advance(TimeSpan.FromHours(1));
        Assert.Null(await _producers.RecordAsync());
    }

    [Fact]
    public async Task Nobody_has_a_key_while_its_job_is_sent_so_a_producer_that_dies_leaves_nothing()
    {
        var host = _producers.Start();
        var dies = new TaskCompletionSource();
        Broker.Sending = _ => dies.Task;
        _ = host.EnqueueAsync(new KeyedArgs(7)).AsTask();
        Broker.Sending = static _ => Task.CompletedTask;

        var second = await _producers.Start().EnqueueAsync(new KeyedArgs(7));

        Assert.Equal([second.Id], _producers.Sent);
    }

    [Fact]
    public async Task A_lost_answer_is_found_out_by_the_record()
    {
        var host = _producers.Start();
        Broker.Features = Broker.Features with { DedupeWindow = TimeSpan.FromHours(1) };
        Broker.LosesAnswers = true;
        var enqueueing = host.EnqueueAsync(new KeyedArgs(7)).AsTask();
        while (!enqueueing.IsCompleted)
        {
            _producers.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var handle = await enqueueing;

        Assert.False(handle.IsExisting);
        Assert.Equal([handle.Id], _producers.Sent);
        Assert.Equal(handle.Id, (await _producers.RecordAsync())!.Value.Id);
    }

    [Fact]
    public async Task An_unknown_job_that_was_never_taken_leaves_its_key_free_and_may_be_sent_again()
    {
        var host = _producers.Start();
        _producers.Refuse(SendStatus.Unknown);
        var error = await Assert.ThrowsAsync<JobEnqueueUnknownException>(async () => await host.EnqueueAsync(new KeyedArgs(7)));
        Assert.Null(await _producers.RecordAsync());

        _producers.Accept();
        var handle = await host.EnqueueAsync(new KeyedArgs(7), new() { Id = error.Id });

        Assert.Equal((error.Id, false), (handle.Id, handle.IsExisting));
        Assert.Equal([error.Id], _producers.Sent);
    }

    [Theory, InlineData(KeyConflict.Reject), InlineData(KeyConflict.ReturnExisting)]
    public async Task The_same_job_sent_again_is_no_conflict_with_itself_and_makes_no_second_one(KeyConflict policy)
    {
        var options = new EnqueueOptions { Id = JobId.Parse("once"), OnConflict = policy };
        var host = _producers.Start();
        await host.EnqueueAsync(new KeyedArgs(7), options);
        var again = await host.EnqueueAsync(new KeyedArgs(7), options);

        Assert.Equal((JobId.Parse("once"), false), (again.Id, again.IsExisting));
        Assert.Single(_producers.Sent);
    }

    [Fact]
    public async Task A_reservation_of_the_same_job_is_confirmed_as_ever()
    {
        var id = JobId.Parse("once");
        var host = _producers.Start();
        await Keys().ReserveAsync(KeyedProducers.StoreKey, id, due: null, TimeSpan.FromMinutes(2), Token);

        await host.EnqueueAsync(new KeyedArgs(7), new() { Id = id });

        Assert.Equal([id], _producers.Sent);
        Assert.Equal([1], Broker.Sends);
        Assert.Equal(KeyPhase.Waiting, (await _producers.RecordAsync())!.Value.Phase);
    }

    [Fact]
    public async Task Who_wants_the_existing_job_waits_for_one_that_is_sent_in_steps()
    {
        var host = _producers.Start();
        var other = await Keys().ReserveAsync(KeyedProducers.StoreKey, JobId.Parse("other"), due: null, TimeSpan.FromMinutes(2), Token);
        var enqueueing = host.EnqueueAsync(new KeyedArgs(7), Existing).AsTask();
        Assert.False(enqueueing.IsCompleted);

        await Keys().GiveUpAsync(new KeyTake(other), Token);
        var handle = await enqueueing;

        Assert.False(handle.IsExisting);
        Assert.Equal([handle.Id], _producers.Sent);
        Assert.Equal(KeyPhase.Waiting, (await _producers.RecordAsync())!.Value.Phase);
    }

    [Fact]
    public async Task A_job_that_the_broker_had_before_keeps_its_key_only_if_it_still_waits_for_its_time()
    {
        var host = _producers.Start();
        _producers.Refuse(SendStatus.Duplicate);
        await host.EnqueueAsync(new KeyedArgs(7), new() { Id = JobId.Parse("once") });
        Assert.Null(await _producers.RecordAsync());

        await host.EnqueueAsync(new KeyedArgs(8), new() { Id = JobId.Parse("later"), Delay = TimeSpan.FromDays(1) });
        Assert.Equal(KeyPhase.Waiting, (await _producers.RecordAsync("key:test.keyed:number:8"))!.Value.Phase);
    }

    [Fact]
    public async Task A_taken_key_is_told_before_a_full_queue()
    {
        var host = _producers.Start();
        var first = await host.EnqueueAsync(new KeyedArgs(7));
        _producers.Refuse(SendStatus.QueueFull);

        Assert.Equal(first.Id, (await host.EnqueueAsync(new KeyedArgs(7), Existing)).Id);
        Assert.Equal(SendStatus.QueueFull, (await Assert.ThrowsAsync<JobEnqueueException>(async () => await host.EnqueueAsync(new KeyedArgs(8)))).Status);
    }

    [Fact]
    public async Task Replacing_takes_steps()
    {
        var host = _producers.Start();
        await host.EnqueueAsync(new KeyedArgs(7), new() { OnConflict = KeyConflict.Replace });

        Assert.Equal((0, 1), (Broker.Calls, Broker.Sends.Count));
    }

    [Fact]
    public async Task A_store_that_the_broker_cannot_write_to_takes_steps()
    {
        var host = _producers.Start(new MemoryStore(_producers.Time));
        await host.EnqueueAsync(new KeyedArgs(7));

        Assert.Equal((0, 1), (Broker.Calls, Broker.Sends.Count));
    }

    [Fact]
    public async Task The_status_of_a_job_is_written_and_that_of_a_conflict_and_of_a_refusal_is_not()
    {
        var host = _producers.Start(configuration: new() { ["Jobs:Status:Enabled"] = "true" });
        var first = await host.EnqueueAsync(new KeyedArgs(7));
        var conflict = await Assert.ThrowsAsync<JobKeyConflictException>(async () => await host.EnqueueAsync(new KeyedArgs(7)));
        _producers.Refuse(SendStatus.QueueFull);
        var refused = await Assert.ThrowsAsync<JobEnqueueException>(async () => await host.EnqueueAsync(new KeyedArgs(8)));

        var monitor = host.Get<IJobMonitor>();
        Assert.Equal(JobState.Pending, (await monitor.GetAsync(first.Id, Token))!.State);
        Assert.Null(await monitor.GetAsync(conflict.Id, Token));
        Assert.Null(await monitor.GetAsync(refused.Id, Token));
        Assert.Equal(2, Broker.Calls);
    }

    private JobKeys Keys() => new(_producers.Store, TimeSpan.FromHours(1), _producers.Time);
}
