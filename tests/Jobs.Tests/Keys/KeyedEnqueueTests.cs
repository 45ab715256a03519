using Jobs.Brokers;
using Jobs.Keys;
using Jobs.Tests.Definitions;
using Jobs.Tests.Hosting;
using Jobs.Tests.Status;

namespace Jobs.Tests.Keys;

/// <summary>What a call with a key promises, be it sent in steps or in one.</summary>
public abstract class KeyedEnqueueTests(bool inOneStep) : IAsyncDisposable
{
    private readonly KeyedProducers _producers = new(inOneStep);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _producers.DisposeAsync();
    }

    [Fact]
    public async Task A_second_job_with_the_key_is_rejected_and_the_first_is_named()
    {
        var host = _producers.Start();
        var first = await host.EnqueueAsync(new KeyedArgs(7));

        var error = await Assert.ThrowsAsync<JobKeyConflictException>(async () => await host.EnqueueAsync(new KeyedArgs(7)));

        Assert.Equal((first.Id, "number:7", "test.keyed"), (error.ExistingId, error.Key, error.JobName));
        Assert.NotEqual(first.Id, error.Id);
        Assert.Equal([first.Id], _producers.Sent);
        Assert.Equal("number:7", _producers.Broker.Sent[0].Attributes.Key);
    }

    [Fact]
    public async Task Other_keys_and_other_jobs_are_no_conflict()
    {
        var host = _producers.Start();
        await host.EnqueueAsync(new KeyedArgs(7));
        await host.EnqueueAsync(new KeyedArgs(8));
        await host.EnqueueAsync(new KeyedArgs(7), new() { Key = "by hand" });
        await host.EnqueueAsync(new NumberArgs(7), new() { Key = "number:7" });
        await host.EnqueueAsync(new NumberArgs(7));

        Assert.Equal(5, _producers.Sent.Count);
        await Assert.ThrowsAsync<JobKeyConflictException>(async () => await host.EnqueueAsync(new KeyedArgs(9), new() { Key = "by hand" }));
    }

    [Fact]
    public async Task A_key_is_free_once_its_job_has_ended()
    {
        var host = _producers.Start();
        var first = await host.EnqueueAsync(new KeyedArgs(7));
        await _producers.FreeAsync(first.Id);

        await host.EnqueueAsync(new KeyedArgs(7));

        Assert.Equal(2, _producers.Sent.Count);
    }

    [Fact]
    public async Task The_existing_job_is_returned_if_that_is_asked_for()
    {
        var host = _producers.Start();
        var first = await host.EnqueueAsync(new KeyedArgs(7));
        var second = await host.EnqueueAsync(new KeyedArgs(7), new() { OnConflict = KeyConflict.ReturnExisting });

        Assert.Equal((first, false, true), (second, first.IsExisting, second.IsExisting));
        Assert.Single(_producers.Sent);
    }

    [Fact]
    public async Task A_handle_with_a_result_says_so_too()
    {
        var host = _producers.Start();
        var options = new EnqueueOptions { Key = "a", OnConflict = KeyConflict.ReturnExisting };
        var first = await host.Client.EnqueueAsync<ResultArgs, string>(new ResultArgs(7), options, TestContext.Current.CancellationToken);
        var second = await host.Client.EnqueueAsync<ResultArgs, string>(new ResultArgs(7), options, TestContext.Current.CancellationToken);

        Assert.Equal((first.Id, false, true), (second.Id, first.IsExisting, second.IsExisting));
        Assert.True(((JobHandle)second).IsExisting);
    }

    [Fact]
    public async Task A_replaced_job_is_cancelled_and_the_new_one_has_the_key()
    {
        var host = _producers.Start();
        var first = await host.EnqueueAsync(new KeyedArgs(7), new() { Delay = TimeSpan.FromDays(1) });
        var second = await host.EnqueueAsync(new KeyedArgs(7), new() { OnConflict = KeyConflict.Replace });

        Assert.False(second.IsExisting);
        Assert.Equal([first.Id, second.Id], _producers.Sent);
        Assert.True(await _producers.IsToBeCancelledAsync(first.Id));
        Assert.False(await _producers.IsToBeCancelledAsync(second.Id));
        Assert.Equal((second.Id, KeyPhase.Waiting), ((await _producers.RecordAsync())!.Value.Id, (await _producers.RecordAsync())!.Value.Phase));
    }

    [Theory, InlineData(SendStatus.QueueFull), InlineData(SendStatus.TooLarge), InlineData(SendStatus.Failed)]
    public async Task A_refused_job_replaces_nothing(SendStatus status)
    {
        var host = _producers.Start();
        var first = await host.EnqueueAsync(new KeyedArgs(7));
        _producers.Refuse(status);
        await Assert.ThrowsAsync<JobEnqueueException>(async () => await host.EnqueueAsync(new KeyedArgs(7), new() { OnConflict = KeyConflict.Replace }));

        Assert.False(await _producers.IsToBeCancelledAsync(first.Id));
        Assert.Equal(first.Id, (await _producers.RecordAsync())!.Value.Id);
    }

    [Fact]
    public async Task Of_many_that_replace_one_another_at_once_one_is_left()
    {
        var hosts = Enumerable.Range(0, 8).Select(_ => _producers.Start()).ToArray();
        await Parallel.ForEachAsync(hosts, async (host, _) =>
        {
            for (var i = 0; i < 50; i++)
            {
                await host.EnqueueAsync(new KeyedArgs(7), new() { OnConflict = KeyConflict.Replace });
            }
        });

        var left = new List<JobId>();
        foreach (var id in _producers.Sent)
        {
            if (!await _producers.IsToBeCancelledAsync(id))
            {
                left.Add(id);
            }
        }

        Assert.Equal(400, _producers.Sent.Count);
        Assert.Equal((await _producers.RecordAsync())!.Value.Id, Assert.Single(left));
    }

    // Requirement mistake D14: who asks first and acts then lets two through.
    [Theory, InlineData(KeyConflict.Reject), InlineData(KeyConflict.ReturnExisting)]
    public async Task D14_fifty_producers_with_a_thousand_enqueues_of_one_key_make_one_job(KeyConflict policy)
    {
        var hosts = Enumerable.Range(0, 50).Select(_ => _producers.Start()).ToArray();
        _producers.Broker.Sending = static async _ => await Task.Yield();
        var existing = 0;
        await Task.WhenAll(hosts.Select(host => Task.Run(async () =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                try
                {
                    var handle = await host.EnqueueAsync(new KeyedArgs(7), new() { OnConflict = policy });
                    Interlocked.Add(ref existing, handle.IsExisting ? 1 : 0);
                }
                catch (JobKeyConflictException)
                {
                    Interlocked.Increment(ref existing);
                }
            }
        })));

        Assert.Single(_producers.Sent);
        Assert.Equal(49_999, existing);
    }

    [Theory, InlineData(SendStatus.QueueFull), InlineData(SendStatus.TooLarge), InlineData(SendStatus.Failed)]
    public async Task A_refused_job_leaves_its_key_free(SendStatus status)
    {
        var host = _producers.Start();
        _producers.Refuse(status);
        await Assert.ThrowsAsync<JobEnqueueException>(async () => await host.EnqueueAsync(new KeyedArgs(7)));
        Assert.Null(await _producers.RecordAsync());

        _producers.Accept();
        await host.EnqueueAsync(new KeyedArgs(7));
    }

    [Fact]
    public async Task A_delayed_job_keeps_its_key_for_as_long_as_it_waits()
    {
        var host = _producers.Start();
        await host.EnqueueAsync(new KeyedArgs(7), new() { Delay = TimeSpan.FromDays(60) });

        _producers.Time.Advance(TimeSpan.FromDays(60.9));
        await Assert.ThrowsAsync<JobKeyConflictException>(async () => await host.EnqueueAsync(new KeyedArgs(7)));
        _producers.Time.Advance(TimeSpan.FromDays(0.1));
        await host.EnqueueAsync(new KeyedArgs(7));
    }

    [Fact]
    public async Task Keys_that_are_none_are_refused_before_anything_is_sent()
    {
        var host = _producers.Start();
        Assert.Contains("is empty", (await Assert.ThrowsAsync<ArgumentException>(async () => await host.EnqueueAsync(new NumberArgs(1), new() { Key = "" }))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(async () => await host.EnqueueAsync(new NumberArgs(1), new() { Key = new string('x', 1_025) }));
        await Assert.ThrowsAsync<ArgumentException>(async () => await host.EnqueueAsync(new NumberArgs(1), new() { Key = "a\nb" }));
        await Assert.ThrowsAsync<ArgumentException>(async () => await host.EnqueueAsync(new NumberArgs(1), new() { OnConflict = KeyConflict.Replace }));
        await Assert.ThrowsAsync<ArgumentException>(async () => await host.EnqueueAsync(new KeyedArgs(1), new() { OnConflict = (KeyConflict)9 }));
        Assert.Empty(_producers.Sent);
    }

    [Fact]
    public async Task A_key_without_a_store_fails_at_once_and_a_job_with_one_fails_the_start()
    {
        await using var host = TestHost.Create(static jobs => jobs.AddDefinition(NumberArgs.Definition).AddDefinition(KeyedArgs.Definition));

        var error = await Assert.ThrowsAsync<JobStoreMissingException>(async () => await host.EnqueueAsync(new NumberArgs(1), new() { Key = "a" }));
        Assert.Equal("The unique key of job 'test.number' needs a store, and none is configured. Set 'Jobs:Store', or use a broker that brings one.", error.Message);
        Assert.Equal(
            "Job 'test.keyed' (Jobs.Tests.KeyedJobs.Run) has the unique key 'number:{value}', which needs a store, and none is configured: set Jobs:Store, use a broker that brings one ('stub' does not), or remove Key from [Job].",
            (await Assert.ThrowsAsync<JobConfigurationException>(host.StartAsync)).Message);
    }

    [Fact]
    public async Task Who_cancels_a_job_that_waits_long_frees_its_key_where_its_status_is_kept()
    {
        var host = _producers.Start(configuration: new() { ["Jobs:Status:Enabled"] = "true" });
        var handle = await host.EnqueueAsync(new KeyedArgs(7), new() { Delay = TimeSpan.FromDays(30) });
        Assert.Equal("number:7", (await host.Get<Monitoring.IJobMonitor>().GetAsync(handle.Id, TestContext.Current.CancellationToken))!.Key);

        await handle.CancelAsync(TestContext.Current.CancellationToken);

        Assert.Null(await _producers.RecordAsync());
        await host.EnqueueAsync(new KeyedArgs(7));
    }

    public sealed class InSteps() : KeyedEnqueueTests(inOneStep: false);

    public sealed class InOneStep() : KeyedEnqueueTests(inOneStep: true);
}
