using Jobs.Memory;
using Jobs.Messages;
using Jobs.Results;
using Jobs.Stores;
using Jobs.Tests.Definitions;
using Jobs.Tests.Hosting;

namespace Jobs.Tests.Results;

public sealed class ResultTests : IAsyncDisposable
{
    private readonly MemoryStore _store = new(TimeProvider.System);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private TestHost Create() => TestHost.Create(jobs => jobs.AddDefinition(ResultArgs.Definition), store: _store);

    private async Task StoreAsync(JobId id, byte[] record) =>
        await _store.PutAsync(ResultRecord.KeyOf(id), record, StoreCondition.Always, null, TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_handle_waits_for_the_result()
    {
        await using var host = Create();
        var handle = await host.Client.EnqueueAsync<ResultArgs, string>(new ResultArgs(1), cancellationToken: TestContext.Current.CancellationToken);

        var waiting = handle.ResultAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(waiting.IsCompleted);
        await StoreAsync(handle.Id, ResultRecord.EncodeSucceeded("\"one\""u8));

        Assert.Equal("one", await waiting);
    }

    [Fact]
    public async Task A_result_that_is_there_is_returned_at_once_to_a_handle_made_anew()
    {
        await using var host = Create();
        var id = JobId.Parse("earlier");
        await StoreAsync(id, ResultRecord.EncodeSucceeded("\"one\""u8));

        Assert.Equal("one", await host.Client.GetHandle<ResultArgs, string>(id).ResultAsync(TestContext.Current.CancellationToken));
        Assert.Equal(id, host.Client.GetHandle(id).Id);
    }

    [Fact]
    public async Task A_job_that_did_not_succeed_is_an_error_with_the_reason()
    {
        await using var host = Create();
        var id = JobId.Parse("dead");
        await StoreAsync(id, ResultRecord.EncodeDeadLettered(DeadLetterReason.Rejected, "no such order"));

        var error = await Assert.ThrowsAsync<JobFailedException>(async () => await host.Client.GetHandle<ResultArgs, string>(id).ResultAsync(TestContext.Current.CancellationToken));

        Assert.Equal((id, "rejected", "Job dead ended without a result: rejected. no such order"), (error.Id, error.Reason, error.Message));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"state":"succeeded"}""")]
    [InlineData("""{"state":"succeeded","result":7}""")]
    public async Task A_record_that_is_no_result_of_the_job_is_an_error(string record)
    {
        await using var host = Create();
        var id = JobId.Parse("odd");
        await StoreAsync(id, System.Text.Encoding.UTF8.GetBytes(record));

        await Assert.ThrowsAsync<JobPayloadException>(async () => await host.Client.GetHandle<ResultArgs, string>(id).ResultAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Cancelling_ends_the_wait()
    {
        await using var host = Create();
        using var cancel = new CancellationTokenSource();
        var waiting = host.Client.GetHandle<ResultArgs, string>(JobId.Parse("never")).ResultAsync(cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task A_wait_that_lasts_too_long_is_an_error_of_its_own()
    {
        await using var host = Create();
        var handle = host.Client.GetHandle<ResultArgs, string>(JobId.Parse("slow"));
        var waiting = handle.ResultAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken).AsTask();

        host.Time.Advance(TimeSpan.FromSeconds(30));

        var error = await Assert.ThrowsAsync<JobResultTimeoutException>(() => waiting);
        Assert.Equal((handle.Id, TimeSpan.FromSeconds(30)), (error.Id, error.Timeout));
        await StoreAsync(handle.Id, ResultRecord.EncodeSucceeded("\"one\""u8));
        Assert.Equal("one", await handle.ResultAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_wait_of_the_longest_duration_there_is_lasts_until_the_result_comes()
    {
        await using var host = Create();
        var handle = host.Client.GetHandle<ResultArgs, string>(JobId.Parse("slow"));
        var waiting = handle.ResultAsync(TimeSpan.MaxValue, TestContext.Current.CancellationToken).AsTask();

        host.Time.Advance(TimeSpan.FromDays(100));
        await StoreAsync(handle.Id, ResultRecord.EncodeSucceeded("\"one\""u8));

        Assert.Equal("one", await waiting);
    }

    [Fact]
    public async Task Without_a_store_nothing_can_be_cancelled()
    {
        await using var host = TestHost.Create(jobs => jobs.AddDefinition(ResultArgs.Definition));

        await Assert.ThrowsAsync<JobStoreMissingException>(async () => await host.Client.GetHandle(JobId.Parse("any")).CancelAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Without_a_store_a_handle_says_so_at_once()
    {
        await using var host = TestHost.Create(jobs => jobs.AddDefinition(ResultArgs.Definition));
        var handle = await host.Client.EnqueueAsync<ResultArgs, string>(new ResultArgs(1), cancellationToken: TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<JobStoreMissingException>(async () => await handle.ResultAsync(TestContext.Current.CancellationToken));

        Assert.Contains("'Jobs:Store'", error.Message, StringComparison.Ordinal);
    }
}
