using System.Text;
using Jobs.Brokers;
using Jobs.Memory;
using Jobs.Messages;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Scenarios;

/// <summary>Scenarios 51 to 63: retries, poison, dead letters.</summary>
public sealed class RetryScenarios : IAsyncDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private Bench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    [Trait("Mistake", "D1")]
    [Trait("Mistake", "D11")]
    public async Task S51_many_jobs_that_fail_at_once_come_back_spread_and_all_succeed()
    {
        const int Count = 500;
        var node = await _bench.StartAsync(node => node.Handle(call => call.Attempt == 1 ? throw new IOException("busy") : Task.CompletedTask));
        await node.Client.EnqueueManyAsync(Enumerable.Range(0, Count).Select(value => new NumberArgs(value)), cancellationToken: Bench.Token);
        await _bench.UntilAsync(() => node.Probe.Settled.Count == Count);

        var dues = node.Probe.Settled.Select(settled => (settled.Due!.Value - _bench.Clock.GetUtcNow()).TotalSeconds).ToArray();
        Assert.All(dues, due => Assert.InRange(due, 0, 1));
        Assert.InRange(dues.Count(due => due < 0.5), 180, 320);

        await _bench.DriveUntilAsync(() => node.Probe.Settled.Count == 2 * Count, TimeSpan.FromMilliseconds(100));
        Assert.Equal(Count, node.Probe.Settled.Count(settled => settled.Kind == SettleKind.Complete));
    }

    [Fact]
    public async Task S51_a_retry_never_comes_earlier_than_told()
    {
        var node = await _bench.StartAsync(node => node.Handle(call => call.Attempt == 1 ? throw new RetryJobException(TimeSpan.FromSeconds(40)) : Task.CompletedTask));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => node.Probe.Settled.Count == 1);

        await _bench.AdvanceAsync(TimeSpan.FromSeconds(40) - TimeSpan.FromTicks(1));
        await _bench.QuietAsync();
        Assert.Single(_bench.Calls);

        await _bench.AdvanceAsync(TimeSpan.FromSeconds(11));
        await _bench.UntilAsync(() => _bench.Calls.Count == 2);
    }

    [Fact]
    public async Task S52_attempts_and_crashes_are_counted_apart()
    {
        var script = new Queue<Func<Call, Task>>([
            _ => throw new IOException("first"),
            call => call.Node.KillAsync().ContinueWith(_ => _bench.Released, TaskScheduler.Default).Unwrap(),
            _ => throw new IOException("second"),
            _ => Task.CompletedTask,
        ]);
        for (var nodes = 1; nodes <= 2; nodes++)
        {
            var calls = 2 * nodes;
            var node = await _bench.StartAsync(node => node.Handle(call => script.Dequeue()(call)));
            if (nodes == 1)
            {
                await _bench.EnqueueAsync(new NumberArgs(1));
            }

            await _bench.DriveUntilAsync(() => _bench.Calls.Count == calls, TimeSpan.FromSeconds(1));
            await _bench.UntilAsync(() => node.Probe.IsCut || node.Probe.Settled.Count == 2);
        }

        Assert.Equal([(1, 0), (2, 0), (2, 1), (3, 1)], _bench.Calls.Select(call => (call.Attempt, call.Crashes)));
        await _bench.QuietAsync();
        Assert.Empty(_bench.DeadLetters());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task S53_a_job_that_kills_workers_is_quarantined_before_it_runs_again(int maxCrashes)
    {
        JobId poison = default;
        for (var deaths = 0; deaths <= maxCrashes; deaths++)
        {
            var victim = await StartAsync();
            if (deaths == 0)
            {
                poison = (await _bench.EnqueueAsync(new NumberArgs(1))).Id;
            }

            var crashes = deaths;
            await _bench.DriveUntilAsync(() => victim.Probe.IsCut, TimeSpan.FromSeconds(1));
            Assert.Equal(crashes, _bench.Calls[^1].Crashes);
        }

        var survivor = await StartAsync();
        var healthy = await _bench.EnqueueAsync(new TextArgs("fine"));
        await _bench.DriveUntilAsync(() => _bench.DeadLetters().Count == 1, TimeSpan.FromSeconds(1));

        Assert.Equal(maxCrashes + 1, _bench.Calls.Count(call => call.Id == poison));
        var letter = Assert.Single(_bench.DeadLetters());
        Assert.Equal((poison.ToString(), DeadLetterReason.Poison), (letter.Key, letter.Reason));
        Assert.Equal((1, maxCrashes + 1), (letter.Message!.State.Attempt, letter.Message.State.Crashes));
        await _bench.UntilAsync(() => survivor.Probe.Settled.Any(settled => settled.Id == healthy.Id));

        Task<Node> StartAsync() => _bench.StartAsync(node => node
            .Handle(call => call.Node.KillAsync().ContinueWith(_ => _bench.Released, TaskScheduler.Default).Unwrap())
            .Handle<TextArgs>(_ => Task.CompletedTask)
            .Override("test.number", job => job.MaxCrashes = maxCrashes));
    }

    [Fact]
    [Trait("Mistake", "D8")]
    public async Task S55_in_a_rolling_deploy_an_unknown_job_waits_for_the_worker_that_knows_it()
    {
        var old = await _bench.StartAsync(node => node.Handle<TextArgs>(_ => Task.CompletedTask));
        _bench.Broker.SendRaw(Bench.Queue, Document("test.number"));
        await _bench.UntilAsync(() => old.Probe.Settled.Count == 1);
        Assert.Equal(SettleKind.Defer, old.Probe.Settled.Single().Kind);
        Assert.Equal(1, _bench.Logs.Count(3006));

        await _bench.DriveAsync(old.StopAsync());
        await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));
        await _bench.DriveUntilAsync(() => _bench.Calls.Count == 1, TimeSpan.FromSeconds(1));

        Assert.Equal((1, 0), (_bench.Calls[0].Attempt, _bench.Calls[0].Crashes));
    }

    [Theory]
    [InlineData("test.never", 1)]
    [InlineData("test.number", 2)]
    [Trait("Mistake", "D8")]
    public async Task S55_an_unknown_name_or_version_is_dead_lettered_when_the_grace_has_passed(string name, int version)
    {
        await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));
        _bench.Broker.SendRaw(Bench.Queue, Document(name, version: version));
        var start = _bench.Clock.GetUtcNow();

        await _bench.DriveUntilAsync(() => _bench.DeadLetters().Count == 1, TimeSpan.FromSeconds(1));

        Assert.True(_bench.Clock.GetUtcNow() - start >= TimeSpan.FromMinutes(10));
        var letter = _bench.DeadLetters()[0];
        Assert.Equal(DeadLetterReason.UnknownJob, letter.Reason);
        Assert.Contains(name, letter.Error, StringComparison.Ordinal);
        Assert.Empty(_bench.Calls);
    }

    [Fact]
    public async Task S63_a_retry_whose_handler_was_removed_waits_and_goes_on_where_it_was_once_a_worker_has_it_again()
    {
        var old = await _bench.StartAsync(node => node.Handle(_ => throw new IOException("first")));
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => old.Probe.Settled.Count == 1);
        await _bench.DriveAsync(old.StopAsync());

        var without = await _bench.StartAsync(node => node.Handle<TextArgs>(_ => Task.CompletedTask));
        await _bench.DriveUntilAsync(() => without.Probe.Settled.Count == 2, TimeSpan.FromSeconds(1));
        Assert.All(without.Probe.Settled, static settled => Assert.Equal(SettleKind.Defer, settled.Kind));
        await _bench.DriveAsync(without.StopAsync());

        await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));
        await _bench.DriveUntilAsync(() => _bench.Calls.Count == 2, TimeSpan.FromSeconds(1));
        Assert.Equal((2, 0), (_bench.Calls[1].Attempt, _bench.Calls[1].Crashes));
        await _bench.QuietAsync();
        Assert.Empty(_bench.DeadLetters());
    }

    [Fact]
    public async Task S63_a_retry_whose_handler_is_gone_for_good_dies_with_its_failures_and_can_be_replayed()
    {
        var old = await _bench.StartAsync(node => node.Handle(_ => throw new IOException("first")));
        var id = (await _bench.EnqueueAsync(new NumberArgs(1))).Id;
        await _bench.UntilAsync(() => old.Probe.Settled.Count == 1);
        await _bench.DriveAsync(old.StopAsync());

        var without = await _bench.StartAsync(node => node.Handle<TextArgs>(_ => Task.CompletedTask));
        await _bench.DriveUntilAsync(() => _bench.DeadLetters().Count == 1, TimeSpan.FromSeconds(1));
        var letter = Assert.Single(_bench.DeadLetters());
        Assert.Equal(DeadLetterReason.UnknownJob, letter.Reason);
        Assert.Equal("first", Assert.Single(letter.Message!.State.Failures).Message);
        await _bench.DriveAsync(without.StopAsync());

        await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));
        await _bench.Broker.ReplayDeadLetterAsync(Bench.Queue, id.ToString(), Bench.Token);
        await _bench.UntilAsync(() => _bench.Settled.Any(settled => settled.Id == id && settled.Kind == SettleKind.Complete));
        Assert.Equal(2, _bench.Calls.Count);
        Assert.Empty(_bench.DeadLetters());
    }

    public static TheoryData<string, string> UndecodableBytes => new()
    {
        { "no JSON", "hello" },
        { "empty", "" },
        { "truncated", Text(Document("test.number"))[..60] },
        { "truncated in the payload", Text(Document("test.number"))[..^3] },
        { "an array", "[1,2]" },
        { "no id", """{"specversion":"1.0","source":"/","type":"test.number","data":{}}""" },
        { "the type is a number", """{"specversion":"1.0","id":"x","source":"/","type":5,"data":{}}""" },
        { "nested without end", """{"specversion":"1.0","id":"x","source":"/","type":"test.number","data":""" + new string('[', 100_000) },
        { "nested deeply in a header", """{"specversion":"1.0","id":"x","x":""" + new string('[', 500) + new string(']', 500) + ""","source":"/","type":"test.number","data":{}}""" },
        { "the payload is text", Text(Document("test.number", data: "\"text\"")) },
        { "a member of another type", Text(Document("test.number", data: """{"value":"7"}""")) },
        { "too great a number", Text(Document("test.number", data: """{"value":99999999999}""")) },
        { "half a surrogate pair", Text(Document("test.text", data: """{"text":"\ud800"}""")) },
        { "a member is missing", Text(Document("test.text", data: "{}")) },
    };

    [Theory]
    [MemberData(nameof(UndecodableBytes))]
    [Trait("Mistake", "D7")]
    public async Task S56_what_cannot_be_read_is_dead_lettered_with_its_bytes_and_the_worker_goes_on(string kind, string bytes)
    {
        await DieAsync(kind, Encoding.UTF8.GetBytes(bytes));
    }

    [Fact]
    public async Task S87_invalid_utf8_is_dead_lettered_with_its_bytes_and_the_worker_goes_on()
    {
        var bytes = Document("test.text", data: """{"text":"~"}""");
        bytes[Array.IndexOf(bytes, (byte)'~')] = 0xFF;
        await DieAsync("invalid UTF-8", bytes);
    }

    [Fact]
    [Trait("Mistake", "D16")]
    public async Task S57_a_worker_killed_after_the_dead_letter_was_written_leaves_one()
    {
        var node = await _bench.StartAsync(node => node.Handle(_ => throw new DeadLetterJobException("no")));
        node.Probe.OnSettle = async (_, settleAsync) =>
        {
            await settleAsync();
            await node.KillAsync();
            return [SettleResult.Unknown];
        };
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => node.Probe.IsCut);
        await _bench.StartAsync(node => node.Handle(_ => throw new DeadLetterJobException("no")));
        await _bench.AdvanceAsync(Bench.Lease * 2);
        await _bench.QuietAsync();

        Assert.Single(_bench.Calls);
        Assert.Single(_bench.DeadLetters());
    }

    [Fact]
    public async Task S58_while_dead_letters_cannot_be_stored_the_job_stays()
    {
        var node = await _bench.StartAsync(node => node.Handle(_ => throw new DeadLetterJobException("no")));
        var isDown = true;
        node.Probe.OnSettle = (_, settleAsync) => isDown ? throw new IOException("down") : settleAsync();
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Logs.Count(5001) == 1);
        Assert.Empty(_bench.DeadLetters());
        Assert.Equal(1, _bench.Depth().InFlight);

        isDown = false;
        await _bench.AdvanceAsync(Bench.Lease);
        await _bench.UntilAsync(() => _bench.DeadLetters().Count == 1);
    }

    [Fact]
    [Trait("Mistake", "D10")]
    public async Task S59_two_replays_at_once_make_one_run_with_the_same_id_and_all_of_its_history()
    {
        var fails = true;
        var node = await _bench.StartAsync(node => node.Handle(_ => Volatile.Read(ref fails) ? throw new IOException("no") : Task.CompletedTask));
        var options = new EnqueueOptions { MaxAttempts = 2, CorrelationId = "c-1", Headers = new Dictionary<string, string> { ["shop"] = "vienna" } };
        var enqueuedAt = _bench.Clock.GetUtcNow();
        var id = (await _bench.EnqueueAsync(new NumberArgs(1), options)).Id;
        await _bench.DriveUntilAsync(() => _bench.DeadLetters().Count == 1, TimeSpan.FromMilliseconds(100));
        Volatile.Write(ref fails, false);

        var replays = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _bench.Broker.ReplayDeadLetterAsync(Bench.Queue, id.ToString(), Bench.Token).AsTask())));

        Assert.Equal(1, replays.Count(status => status == ReplayStatus.Replayed));
        Assert.Equal(7, replays.Count(status => status == ReplayStatus.NotFound));
        await _bench.UntilAsync(() => node.Probe.Settled.Any(settled => settled.Kind == SettleKind.Complete));
        await _bench.QuietAsync();
        var call = Assert.Single(_bench.Calls.Skip(2));
        Assert.Equal((id, 1, 0), (call.Id, call.Attempt, call.Crashes));
        Assert.Equal(("c-1", "vienna", enqueuedAt), (call.Context.CorrelationId, call.Context.Headers["shop"], call.Context.EnqueuedAt));
    }

    [Fact]
    public async Task S59_a_replay_that_dies_again_has_the_failures_of_both_lives()
    {
        await _bench.StartAsync(node => node.Handle(call => throw new IOException($"no {_bench.Calls.Count}")));
        var id = (await _bench.EnqueueAsync(new NumberArgs(1), new() { MaxAttempts = 2 })).Id;
        await _bench.DriveUntilAsync(() => _bench.DeadLetters().Count == 1, TimeSpan.FromMilliseconds(100));
        await _bench.Broker.ReplayDeadLetterAsync(Bench.Queue, id.ToString(), Bench.Token);
        await _bench.DriveUntilAsync(() => _bench.DeadLetters().Count == 1 && _bench.Calls.Count == 4, TimeSpan.FromMilliseconds(100));

        var state = _bench.DeadLetters()[0].Message!.State;
        Assert.Equal([1, 2, 1, 2], state.Failures.Select(failure => failure.Attempt));
        Assert.Equal(["no 1", "no 2", "no 3", "no 4"], state.Failures.Select(failure => failure.Message));
    }

    [Fact]
    [Trait("Mistake", "D16")]
    public async Task S61_a_full_dead_letter_queue_evicts_the_oldest_and_counts_it()
    {
        await _bench.DisposeAsync();
        _bench = new Bench(new MemoryBrokerOptions { MaxDeadLetters = 3 });
        await _bench.StartAsync(node => node.Handle(_ => throw new DeadLetterJobException("no")));
        for (var i = 0; i < 5; i++)
        {
            await _bench.EnqueueAsync(new NumberArgs(i));
        }

        await _bench.UntilAsync(() => _bench.Broker.EvictedDeadLetters == 2);
        Assert.Equal(3, _bench.DeadLetters().Count);
    }

    [Fact]
    [Trait("Mistake", "D15")]
    public async Task D15_a_failed_job_is_not_skipped_by_the_success_of_the_next()
    {
        var node = await _bench.StartAsync(node => node.Handle(call => call.Attempt == 1 && (NumberArgs)call.Args is { Value: 1 } ? throw new IOException("no") : Task.CompletedTask)
            .Configure(options => options.Worker.Concurrency = 1));
        for (var i = 1; i <= 3; i++)
        {
            await _bench.EnqueueAsync(new NumberArgs(i));
        }

        await _bench.DriveUntilAsync(() => node.Probe.Settled.Count == 4, TimeSpan.FromMilliseconds(100));
        Assert.Equal(3, node.Probe.Settled.Where(settled => settled.Kind == SettleKind.Complete).Select(settled => settled.Id).Distinct().Count());
    }

    [Fact]
    [Trait("Mistake", "D6")]
    public async Task D06_a_job_that_is_not_yet_due_blocks_nobody_and_spins_nothing()
    {
        var receives = 0;
        var node = await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));
        node.Probe.OnReceive = () =>
        {
            Interlocked.Increment(ref receives);
            return default;
        };
        await _bench.EnqueueAsync(new NumberArgs(1), new() { Delay = Hour });
        await _bench.EnqueueAsync(new NumberArgs(2));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        await _bench.QuietAsync();

        await _bench.AdvanceAsync(Hour - TimeSpan.FromTicks(1));
        await _bench.QuietAsync();
        Assert.Single(_bench.Calls);
        Assert.InRange(receives, 1, 3);

        await _bench.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 2);
    }

    [Fact]
    [Trait("Mistake", "D17")]
    public async Task D17_a_job_past_its_expiry_is_cancelled_unrun_and_so_is_its_result()
    {
        var node = await _bench.StartAsync(node => node.HandleResult(_ => Task.FromResult("never")));
        var handle = await node.Client.EnqueueAsync<ResultArgs, string>(new ResultArgs(1), new() { Delay = TimeSpan.FromMinutes(1), ExpiresAfter = TimeSpan.FromMinutes(2) }, Bench.Token);
        await _bench.Broker.SetPausedAsync(Bench.Queue, true, Bench.Token);
        await _bench.AdvanceAsync(TimeSpan.FromMinutes(2));
        await _bench.Broker.SetPausedAsync(Bench.Queue, false, Bench.Token);

        var error = await Assert.ThrowsAsync<JobFailedException>(() => handle.ResultAsync(Bench.Token).AsTask());
        Assert.Equal("expired", error.Reason);
        Assert.Empty(_bench.Calls);
        Assert.Empty(_bench.DeadLetters());
        Assert.Equal(1, _bench.Logs.Count(3007));
    }

    private async Task DieAsync(string kind, byte[] bytes)
    {
        var node = await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask).Handle<TextArgs>(_ => Task.CompletedTask));
        _bench.Broker.SendRaw(Bench.Queue, bytes);
        var good = await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.DeadLetters().Count == 1 && node.Probe.Settled.Any(settled => settled.Id == good.Id));
        await _bench.QuietAsync();

        var letter = _bench.DeadLetters()[0];
        Assert.Equal(DeadLetterReason.Undecodable, letter.Reason);
        Assert.NotEmpty(letter.Error ?? "");
        Assert.True(bytes.AsSpan().SequenceEqual(letter.Document.Span), kind);
        Assert.Equal(good.Id, Assert.Single(_bench.Calls).Id);
    }

    private static string Text(byte[] utf8) => Encoding.UTF8.GetString(utf8);

    private static byte[] Document(string type, string data = """{"value":1}""", int version = 1) =>
        Encoding.UTF8.GetBytes($$"""{"specversion":"1.0","id":"x-1","source":"/other","type":"{{type}}","jobversion":{{version}},"data":{{data}}}""");
}
