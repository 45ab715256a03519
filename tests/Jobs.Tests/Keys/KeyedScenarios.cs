using Jobs.Brokers;
using Jobs.Keys;
using Jobs.Stores;
using Jobs.Tests.Definitions;
using Jobs.Tests.Scenarios;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Tests.Keys;

/// <summary>Keys of jobs that handlers enqueue, and of dead letters.</summary>
public sealed class KeyedScenarios
{
    private const string ChildKey = "key:test.keyed:number:7";

    [Fact]
    public async Task What_a_handler_enqueues_has_its_key_from_the_call_on_and_keeps_it_with_success()
    {
        await using var bench = new Bench();
        KeyRecord? during = null;
        JobHandle child = default;
        JobKeyConflictException? conflict = null;
        var node = await bench.StartAsync(jobs => jobs.Handle<NumberArgs>(async call =>
        {
            var client = bench.Nodes[0].Client;
            child = await client.EnqueueAsync(new KeyedArgs(7), new() { Delay = TimeSpan.FromDays(1) }, Bench.Token);
            during = await RecordAsync(bench);
            conflict = await Assert.ThrowsAsync<JobKeyConflictException>(async () => await client.EnqueueAsync(new KeyedArgs(7), options: null, Bench.Token));
        }).Handle<KeyedArgs>(static _ => Task.CompletedTask));
        var parent = await bench.EnqueueAsync(new NumberArgs(1));
        await bench.UntilAsync(() => bench.Depth().Delayed == 1);
        await bench.RestAsync();

        Assert.Equal(parent.Id.Child(1), child.Id);
        Assert.Equal((child.Id, KeyPhase.Reserved), (during!.Value.Id, during.Value.Phase));
        Assert.Equal(child.Id, conflict!.ExistingId);
        Assert.Equal((child.Id, KeyPhase.Waiting), ((await RecordAsync(bench))!.Value.Id, (await RecordAsync(bench))!.Value.Phase));
    }

    [Fact]
    public async Task What_a_failed_attempt_enqueued_gives_its_key_up_and_the_next_attempt_has_it_again()
    {
        await using var bench = new Bench();
        var ids = new List<JobId>();
        await bench.StartAsync(jobs => jobs.Handle<NumberArgs>(async call =>
        {
            ids.Add((await bench.Nodes[0].Client.EnqueueAsync(new KeyedArgs(7), new() { Delay = TimeSpan.FromDays(1) }, Bench.Token)).Id);
            if (ids.Count == 1)
            {
                throw new IOException("The first attempt fails.");
            }
        }).Handle<KeyedArgs>(static _ => Task.CompletedTask));
        await bench.EnqueueAsync(new NumberArgs(1));
        await bench.UntilAsync(() => bench.Depth().Delayed == 1);
        await bench.RestAsync();
        Assert.Null(await RecordAsync(bench));

        await bench.DriveUntilAsync(() => ids.Count == 2, TimeSpan.FromSeconds(1));
        await bench.RestAsync();

        Assert.Equal(ids[0], ids[1]);
        Assert.Equal((ids[0], KeyPhase.Waiting), ((await RecordAsync(bench))!.Value.Id, (await RecordAsync(bench))!.Value.Phase));
    }

    // Scenario 60.
    [Theory, InlineData(false), InlineData(true)]
    public async Task S60_a_dead_letter_whose_key_another_job_has_is_not_replayed_and_stays(bool isFiltered)
    {
        await using var bench = new Bench();
        var dies = true;
        var node = await bench.StartAsync(jobs => jobs.Handle<KeyedArgs>(_ => dies ? throw new DeadLetterJobException("no") : Task.CompletedTask));
        var dead = await bench.EnqueueAsync(new KeyedArgs(7));
        await bench.UntilAsync(() => bench.DeadLetters().Count == 1);
        await bench.QuietAsync();
        dies = false;
        Assert.Null(await RecordAsync(bench));
        var other = await bench.EnqueueAsync(new KeyedArgs(7), new() { Delay = TimeSpan.FromDays(1) });
        var letters = new KeyedDeadLetters(
            bench.Broker, node.Services.GetRequiredService<OptionalKeys>().Keys, node.Services.GetRequiredService<Jobs.Telemetry.JobsTelemetry>(), bench.Time,
            node.Services.GetRequiredService<Microsoft.Extensions.Logging.ILogger<KeyedDeadLetters>>());

        Assert.Equal(ReplayStatus.Conflict, await ReplayAsync());
        Assert.Single(bench.DeadLetters());
        Assert.Equal(other.Id, (await RecordAsync(bench))!.Value.Id);

        await bench.Store.DeleteAsync(ChildKey, StoreCondition.Always, Bench.Token);
        Assert.Equal(ReplayStatus.Replayed, await ReplayAsync());
        Assert.Empty(bench.DeadLetters());
        await bench.UntilAsync(() => bench.Calls.Count == 2);

        async Task<ReplayStatus> ReplayAsync()
        {
            if (!isFiltered)
            {
                return await letters.ReplayDeadLetterAsync(Bench.Queue, dead.Id.ToString(), Bench.Token);
            }

            var summary = await letters.ReplayDeadLettersAsync(Bench.Queue, new ReplayFilter(), Bench.Token);
            Assert.Equal(1, summary.Matched);
            return summary is { Replayed: 1, Failed: 0 } ? ReplayStatus.Replayed : ReplayStatus.Conflict;
        }
    }

    [Fact]
    public async Task The_dead_letters_of_the_host_are_those_that_know_keys()
    {
        await using var host = Hosting.TestHost.Create(
            static jobs => { },
            new() { ["Jobs:Broker"] = "memory" });
        Assert.IsType<KeyedDeadLetters>(host.Get<IDeadLetterQueue>());
    }

    private static async Task<KeyRecord?> RecordAsync(Bench bench) =>
        await bench.Store.GetAsync(ChildKey, Bench.Token) is { } entry && KeyRecord.TryDecode(entry.Value, out var record) ? record : null;
}
