using System.Collections.Concurrent;
using Jobs.Brokers;
using Jobs.Messages;
using Jobs.Tests.Running;

namespace Jobs.Tests.Settling;

public class SettlerTests
{
    private readonly RunBench _bench = new(100);

    [Fact]
    public async Task One_outcome_is_settled_at_once()
    {
        _bench.Offer(TestJobs.Job((_, _) => default));
        await _bench.WhenDoneAsync();

        Assert.Single(Assert.Single(_bench.Receiver.Flushes));
    }

    [Fact]
    public async Task What_comes_while_a_flush_is_under_way_is_the_next_batch()
    {
        var answers = new Queue<TaskCompletionSource>([new(), new()]);
        var pending = answers.ToArray();
        var flushed = new SemaphoreSlim(0);
        _bench.Receiver.OnSettle = (_, _) =>
        {
            var answer = answers.Dequeue();
            flushed.Release();
            return new ValueTask(answer.Task);
        };
        var job = TestJobs.Job((_, _) => default);
        _bench.Offer(job);
        await RunBench.Soon(flushed.WaitAsync(TestContext.Current.CancellationToken));

        _bench.OfferAll((_bench.Lane, job, 50));
        await RunBench.Soon(_bench.Gate.WhenIdleAsync());
        Assert.Equal((1, 51), (_bench.Receiver.Flushes.Count, _bench.Gate.InHand));

        pending[0].SetResult();
        await RunBench.Soon(flushed.WaitAsync(TestContext.Current.CancellationToken));
        Assert.Equal([1, 50], _bench.Receiver.Flushes.Select(flush => flush.Length));

        pending[1].SetResult();
        await _bench.WhenDoneAsync();
        Assert.Equal(0, _bench.Gate.InHand);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task S03_a_flush_that_fails_gives_back_every_slot_and_the_next_one_works(bool synchronously)
    {
        var failing = true;
        _bench.Receiver.OnSettle = (_, _) => !failing ? default
            : synchronously ? throw new IOException("away")
            : FailLaterAsync();
        var job = TestJobs.Job((_, _) => default);
        _bench.OfferAll((_bench.Lane, job, 20));
        await _bench.WhenDoneAsync();
        Assert.Equal(0, _bench.Gate.InHand);

        failing = false;
        _bench.Offer(job);
        await _bench.WhenDoneAsync();
        Assert.Equal(21, _bench.Receiver.Settled.Count());

        static async ValueTask FailLaterAsync()
        {
            await Task.Yield();
            throw new IOException("away");
        }
    }

    [Fact]
    public async Task S58_a_dead_letter_that_the_broker_does_not_take_holds_up_nothing_that_is_done_or_runs_again()
    {
        var answer = new TaskCompletionSource();
        var asked = new TaskCompletionSource();
        _bench.Receiver.OnSettle = (flush, _) =>
        {
            if (flush[0].Kind != SettleKind.DeadLetter)
            {
                return default;
            }

            asked.SetResult();
            return new ValueTask(answer.Task);
        };
        _bench.Offer(TestJobs.Job((_, _) => throw new DeadLetterJobException("no")));
        await RunBench.Soon(asked.Task);

        _bench.OfferAll((_bench.Lane, TestJobs.Job((_, _) => default), 50));
        await RunBench.Soon(_bench.Gate.WhenIdleAsync());
        Assert.Equal((51, 1), (_bench.Receiver.Settled.Count(), _bench.Gate.InHand));

        _bench.OfferAll((_bench.Lane, TestJobs.Job((_, _) => throw new RetryJobException(TimeSpan.FromMinutes(1))), 50));
        await RunBench.Soon(_bench.Gate.WhenIdleAsync());
        Assert.Equal(1, _bench.Gate.InHand);

        answer.SetResult();
        await _bench.WhenDoneAsync();
        Assert.Equal(0, _bench.Gate.InHand);
    }

    [Fact]
    public async Task Every_outcome_of_a_storm_is_settled_and_reported_once()
    {
        const int Count = 5_000;
        var random = new Random(3);
        _bench.Receiver.OnSettle = async (_, results) =>
        {
            int dice;
            lock (random)
            {
                dice = random.Next(4);
            }

            if (dice == 0)
            {
                await Task.Yield();
            }

            if (dice == 1)
            {
                throw new IOException("away");
            }
        };
        var dead = TestJobs.Job((_, _) => throw new DeadLetterJobException("no"));
        _bench.OfferAll((_bench.Lane, dead, Count));
        await _bench.WhenDoneAsync();

        Assert.Equal(Count, _bench.Receiver.Settled.Select(settlement => settlement.Delivery).Distinct().Count());
        Assert.Equal(Count, _bench.Receiver.Settled.Count());
        Assert.Equal(0, _bench.Gate.InHand);
        var deaths = _bench.FailureHandler.Deaths.Select(death => death.Id).ToArray();
        Assert.Equal(deaths.Distinct().Count(), deaths.Length);
    }

    [Fact]
    public async Task A_dead_letter_is_told_only_when_the_broker_has_it()
    {
        var answer = new TaskCompletionSource();
        _bench.Receiver.OnSettle = (_, _) => new ValueTask(answer.Task);
        _bench.Offer(TestJobs.Job((_, _) => throw new DeadLetterJobException("no")));
        await RunBench.Soon(_bench.Gate.WhenIdleAsync());
        Assert.Empty(_bench.FailureHandler.Deaths);

        answer.SetResult();
        await _bench.WhenDoneAsync();

        var death = Assert.Single(_bench.FailureHandler.Deaths);
        Assert.Equal((DeadLetterReason.Rejected, "no", 1), (death.Reason, death.Error, death.Attempt));
    }

    [Theory]
    [InlineData(SettleResult.LeaseLost)]
    [InlineData(SettleResult.Unknown)]
    public async Task A_dead_letter_that_the_broker_does_not_have_is_not_told(SettleResult result)
    {
        _bench.Receiver.OnSettle = (flush, results) =>
        {
            results.Span[..flush.Length].Fill(result);
            return default;
        };
        _bench.Offer(TestJobs.Job((_, _) => throw new DeadLetterJobException("no")));
        await _bench.WhenDoneAsync();

        Assert.Empty(_bench.FailureHandler.Deaths);
        Assert.Equal(0, _bench.Gate.InHand);
    }

    [Fact]
    public async Task S82_a_failure_handler_sees_no_ambient_value_of_any_job()
    {
        var ambient = new AsyncLocal<string?>();
        string? seen = "never called";
        _bench.FailureHandler.OnDeath = _ => seen = ambient.Value;
        _bench.Offer(TestJobs.Job((_, _) =>
        {
            ambient.Value = "of the job";
            throw new DeadLetterJobException("no");
        }));
        await _bench.WhenDoneAsync();

        Assert.Null(seen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task S82_a_receiver_sees_no_ambient_value_of_any_job(bool synchronously)
    {
        var ambient = new AsyncLocal<string?>();
        var seen = new ConcurrentQueue<string?>();
        var answers = new ConcurrentQueue<TaskCompletionSource>();
        var flushed = new SemaphoreSlim(0);
        _bench.Receiver.OnSettle = async (_, _) =>
        {
            seen.Enqueue(ambient.Value);
            var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            answers.Enqueue(answer);
            flushed.Release();
            await answer.Task;
            seen.Enqueue(ambient.Value);
        };
        var job = synchronously
            ? TestJobs.Job((_, _) =>
            {
                ambient.Value = "of the job";
                return default;
            })
            : TestJobs.Job(async (_, _) =>
            {
                ambient.Value = "of the job";
                await Task.Yield();
            });

        // What ends while the first flush is under way goes with the second, which is sent by whoever has the first's answer.
        for (var i = 0; i < 2; i++)
        {
            _bench.Offer(job);
            await RunBench.Soon(_bench.Gate.WhenIdleAsync());
        }

        for (var i = 0; i < 2; i++)
        {
            await RunBench.Soon(flushed.WaitAsync(TestContext.Current.CancellationToken));
            Assert.True(answers.TryDequeue(out var answer));
            answer.SetResult();
        }

        await _bench.WhenDoneAsync();
        Assert.Equal([null, null, null, null], seen);
    }
}
