using Jobs.Batching;
using Jobs.Definitions;
using Jobs.Messages;
using Jobs.Running;
using Jobs.Tests.Running;
using Jobs.Brokers;

namespace Jobs.Tests.Batching;

public sealed class BatcherTests : IDisposable
{
    private const int Size = 3;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly RunBench _bench = new(4);
    private readonly BatchRecorder _recorder = new();
    private readonly Batcher _batcher;

    public BatcherTests()
    {
        Job = TestJobs.BatchJob(_recorder.RunAsync, Size, Window);
        _batcher = new Batcher(_bench.Lane, _bench.Gate, new BatchPolicy(Size, Window), _bench.Clock);
        _bench.Lane.BatchSize = Size;
    }

    private Jobs.Catalog.JobRegistration Job { get; }

    public void Dispose() => _batcher.Dispose();

    [Fact]
    public async Task S79_a_full_batch_runs_at_once()
    {
        Add(1, 2, 3, 4);
        await RunBench.Soon(_bench.Gate.WhenIdleAsync());

        Assert.Equal([1, 2, 3], Assert.Single(_recorder.Batches));
        Assert.Equal(3, _bench.Receiver.Settled.Count());
        Assert.Equal(1, _bench.Gate.InHand);
    }

    [Fact]
    public async Task D13_S79_the_window_runs_from_the_first_item()
    {
        Add(1);
        _bench.Advance(TimeSpan.FromSeconds(4));
        Add(2);
        _bench.Advance(TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1));
        Assert.Equal(0, _bench.Gate.Running);
        Assert.Empty(_recorder.Batches);
        _bench.Advance(TimeSpan.FromTicks(1));
        await _bench.WhenDoneAsync();

        Assert.Equal([1, 2], Assert.Single(_recorder.Batches));
    }

    [Fact]
    public async Task The_window_of_a_batch_that_was_full_does_not_close_the_next()
    {
        Add(1);
        _bench.Advance(TimeSpan.FromSeconds(4));
        Add(2, 3, 4);
        _bench.Advance(TimeSpan.FromSeconds(4));
        await RunBench.Soon(_bench.Gate.WhenIdleAsync());
        Assert.Single(_recorder.Batches);

        _bench.Advance(TimeSpan.FromSeconds(1));
        await _bench.WhenDoneAsync();
        Assert.Equal([[1, 2, 3], [4]], _recorder.Batches);
    }

    [Fact]
    public async Task S79_at_shutdown_what_is_open_runs()
    {
        Add(1, 2);
        _batcher.Flush();
        _batcher.Flush();
        await _bench.WhenDoneAsync();

        Assert.Equal([1, 2], Assert.Single(_recorder.Batches));
    }

    [Fact]
    public async Task An_item_that_failed_or_crashed_before_runs_alone()
    {
        Add(1);
        _batcher.Add(_bench.Accept(Job, new TestDelivery(TestJobs.Message(2, new MessageState { Attempt = 2 }))));
        _batcher.Add(_bench.Accept(Job, new TestDelivery(TestJobs.Message(3), deliveries: 2)));
        Add(4, 5);
        await _bench.WhenDoneAsync();

        Assert.Equal([[1, 4, 5], [2], [3]], _recorder.Batches.OrderBy(batch => batch[0]));
    }

    [Fact]
    public async Task S79_one_bad_item_fails_alone()
    {
        _recorder.Script = (_, invocation) => invocation.Batch!.Fail(1, new InvalidOperationException("bad"));
        var runs = Add(1, 2, 3);
        var bad = runs[1].Delivery;
        await _bench.WhenDoneAsync();

        Assert.Equal([SettleKind.Complete, SettleKind.Retry, SettleKind.Complete], _bench.Receiver.Settled.OrderBy(settlement => settlement.Delivery.Message!.ReadArgs(Definitions.NumberArgs.Definition).Value).Select(settlement => settlement.Kind));
        Assert.Same(bad, _bench.Receiver.Settled.Single(settlement => settlement.Kind == SettleKind.Retry).Delivery);
    }

    [Fact]
    public async Task A_batch_that_throws_fails_every_item()
    {
        _recorder.Script = (_, _) => throw new InvalidOperationException("bad");
        Add(1, 2, 3);
        await _bench.WhenDoneAsync();

        Assert.Equal(3, _bench.Receiver.Settled.Count(settlement => settlement.Kind == SettleKind.Retry));
        Assert.Equal(0, _bench.Gate.InHand);
    }

    [Fact]
    public async Task An_open_batch_is_renewed_and_never_given_back()
    {
        using var patient = new Batcher(_bench.Lane, _bench.Gate, new BatchPolicy(Size, TimeSpan.FromMinutes(5)), _bench.Clock);
        patient.Add(_bench.Accept(Job, new TestDelivery(TestJobs.Message(1))));
        for (var i = 0; i < 29; i++)
        {
            _bench.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(29, _bench.Receiver.Renewed.Count);
        Assert.Empty(_bench.Receiver.Settled);
        _bench.Advance(TimeSpan.FromSeconds(10));
        await _bench.WhenDoneAsync();
        Assert.Equal([1], Assert.Single(_recorder.Batches));
    }

    [Fact]
    public async Task An_item_whose_lease_was_lost_meanwhile_is_left_out()
    {
        var runs = Add(1, 2);
        Assert.True(runs[1].TryStop(runs[1].Ticket, StopReason.LeaseLost));
        Add(3);
        await _bench.WhenDoneAsync();

        Assert.Equal([1, 3], Assert.Single(_recorder.Batches));
        Assert.Equal(2, _bench.Receiver.Settled.Count());
        Assert.Equal(0, _bench.Gate.InHand);
    }

    [Fact]
    public async Task When_the_first_item_lost_its_lease_the_others_are_released_for_another_batch()
    {
        var runs = Add(1, 2);
        Assert.True(runs[0].TryStop(runs[0].Ticket, StopReason.LeaseLost));
        Add(3);
        await _bench.WhenDoneAsync();

        Assert.Empty(_recorder.Batches);
        Assert.Equal([SettleKind.Release, SettleKind.Release], _bench.Receiver.Settled.Select(settlement => settlement.Kind));
        Assert.Equal(0, _bench.Gate.InHand);
    }

    [Fact]
    public async Task A_lease_lost_while_the_batch_runs_burns_no_attempt_of_the_others()
    {
        var started = new TaskCompletionSource();
        _recorder.Body = async invocation =>
        {
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, invocation.CancellationToken);
        };
        var runs = Add(1, 2, 3);
        var lead = runs[0].Delivery;
        await RunBench.Soon(started.Task);
        _bench.Receiver.OnRenew = delivery => delivery == lead ? SettleResult.LeaseLost : SettleResult.Ok;
        _bench.Advance(RunBench.Lease / 3);
        await _bench.WhenDoneAsync();

        Assert.Equal([SettleKind.Release, SettleKind.Release], _bench.Receiver.Settled.Select(settlement => settlement.Kind));
        Assert.DoesNotContain(lead, _bench.Receiver.Settled.Select(settlement => settlement.Delivery));
        Assert.Equal(0, _bench.Gate.InHand);
    }

    [Fact]
    public async Task An_item_that_cannot_be_read_fails_alone()
    {
        var bytes = """{"specversion":"1.0","id":"x","source":"/","type":"test.number","data":{"value":"no number"}}"""u8.ToArray();
        Add(1);
        _batcher.Add(_bench.Accept(Job, new TestDelivery(JobMessage.FromBytes(bytes))));
        Add(3);
        await _bench.WhenDoneAsync();

        Assert.Equal([1, 3], Assert.Single(_recorder.Batches));
        Assert.Equal(DeadLetterReason.Undecodable, Assert.Single(_bench.Receiver.Settled, settlement => settlement.Kind == SettleKind.DeadLetter).Reason);
    }

    [Fact]
    public async Task A_batch_past_its_hard_limit_is_retried_item_by_item()
    {
        var started = new TaskCompletionSource();
        var end = new TaskCompletionSource();
        _recorder.Body = async _ =>
        {
            started.SetResult();
            await end.Task;
        };
        Add(1, 2, 3);
        await RunBench.Soon(started.Task);

        _bench.Advance(TimeSpan.FromMinutes(31));

        Assert.Equal(3, _bench.Receiver.Settled.Count(settlement => settlement.Kind == SettleKind.Retry));
        Assert.Equal((0, 0), (_bench.Gate.Running, _bench.Gate.InHand));
        end.SetResult();
        await _bench.WhenDoneAsync();
        Assert.Equal(3, _bench.Receiver.Settled.Count());
    }

    private JobRun[] Add(params int[] values)
    {
        var runs = values.Select(value => _bench.Accept(Job, new TestDelivery(TestJobs.Message(value)))).ToArray();
        foreach (var run in runs)
        {
            _batcher.Add(run);
        }

        return runs;
    }
}
