using Jobs.Brokers;
using Jobs.Keys;

namespace Jobs.Tests.Keys;

/// <summary>Bulk calls whose jobs have keys.</summary>
public abstract class KeyedBulkTests(bool inOneStep) : IAsyncDisposable
{
    private readonly KeyedProducers _producers = new(inOneStep);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _producers.DisposeAsync();
    }

    [Fact]
    public async Task Each_job_of_a_bulk_call_has_a_key_of_its_own()
    {
        var host = _producers.Start();
        var handles = await host.EnqueueManyAsync(Enumerable.Range(0, 35).Select(static i => new KeyedArgs(i)));

        Assert.Equal(handles.Select(static handle => handle.Id), _producers.Sent);
        Assert.All(handles, static handle => Assert.False(handle.IsExisting));
        Assert.Equal((handles[7].Id, KeyPhase.Waiting), ((await _producers.RecordAsync())!.Value.Id, (await _producers.RecordAsync())!.Value.Phase));
    }

    [Fact]
    public async Task Conflicts_of_a_bulk_call_are_told_one_by_one_and_the_others_are_sent()
    {
        var host = _producers.Start();
        var first = await host.EnqueueAsync(new KeyedArgs(7));

        var error = await Assert.ThrowsAsync<JobBulkEnqueueException>(async () => await host.EnqueueManyAsync(new[] { 5, 7, 5, 6 }.Select(static i => new KeyedArgs(i))));

        Assert.Equal([SendStatus.Accepted, SendStatus.Failed, SendStatus.Failed, SendStatus.Accepted], error.Results.Select(static result => result.Status));
        Assert.Equal(first.Id, Assert.IsType<JobKeyConflictException>(error.Results[1].Error).ExistingId);
        Assert.Equal(error.Handles[0].Id, Assert.IsType<JobKeyConflictException>(error.Results[2].Error).ExistingId);
        Assert.Equal([first.Id, error.Handles[0].Id, error.Handles[3].Id], _producers.Sent);
        Assert.Contains("2 of 4 jobs 'test.keyed' were not accepted", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_existing_jobs_are_returned_if_that_is_asked_for()
    {
        var host = _producers.Start();
        var first = await host.EnqueueAsync(new KeyedArgs(7));

        var handles = await host.EnqueueManyAsync(new[] { 5, 7, 5, 6 }.Select(static i => new KeyedArgs(i)), new() { OnConflict = KeyConflict.ReturnExisting });

        Assert.Equal([false, true, true, false], handles.Select(static handle => handle.IsExisting));
        Assert.Equal((first, handles[0]), (handles[1], handles[2]));
        Assert.Equal([first.Id, handles[0].Id, handles[3].Id], _producers.Sent);
    }

    [Fact]
    public async Task Of_one_key_the_last_replaces_the_others()
    {
        var host = _producers.Start();
        var handles = await host.EnqueueManyAsync(new[] { 7, 7, 7 }.Select(static i => new KeyedArgs(i)), new() { OnConflict = KeyConflict.Replace });

        Assert.Equal(handles[2].Id, (await _producers.RecordAsync())!.Value.Id);
        Assert.True(await _producers.IsToBeCancelledAsync(handles[0].Id));
        Assert.True(await _producers.IsToBeCancelledAsync(handles[1].Id));
        Assert.False(await _producers.IsToBeCancelledAsync(handles[2].Id));
    }

    [Fact]
    public async Task What_is_refused_leaves_its_keys_free()
    {
        var host = _producers.Start();
        _producers.Broker.Answer = static message => new SendResult(message.Attributes.Key == "number:7" ? SendStatus.QueueFull : SendStatus.Accepted);
        await Assert.ThrowsAsync<JobBulkEnqueueException>(async () => await host.EnqueueManyAsync(new[] { 7, 8 }.Select(static i => new KeyedArgs(i))));

        Assert.Null(await _producers.RecordAsync());
        Assert.Equal(KeyPhase.Waiting, (await _producers.RecordAsync("key:test.keyed:number:8"))!.Value.Phase);
    }

    [Fact]
    public async Task One_key_for_all_is_the_key_of_the_first()
    {
        var host = _producers.Start();
        var handles = await host.EnqueueManyAsync(Enumerable.Range(0, 25).Select(static i => new KeyedArgs(i)), new() { Key = "all", OnConflict = KeyConflict.ReturnExisting });

        Assert.Equal([handles[0].Id], _producers.Sent);
        Assert.All(handles, handle => Assert.Equal(handles[0], handle));
    }

    public sealed class InSteps() : KeyedBulkTests(inOneStep: false);

    public sealed class InOneStep() : KeyedBulkTests(inOneStep: true);
}
