using System.Collections.Concurrent;
using Jobs.Brokers.Conformance.Harness;
using Xunit;

namespace Jobs.Brokers.Conformance;

/// <content>A deploy that replaces one version of an application by the next while both run.</content>
public abstract partial class WorkingConformance<TFixture>
{
    private const string Changed = "conformance.changed";
    private const string Added = "conformance.added";

    private static readonly TimeSpan RoundPause = TimeSpan.FromMilliseconds(50);
    private static readonly GreetingDefinition Old = new(Changed, version: 1);
    private static readonly GreetingDefinition New = new(Changed, version: 2);
    private static readonly GreetingDefinition OnlyNew = new(Added, version: 1);

    /// <summary>Workers and producers of versions N and N+1 side by side, under load: old workers leave what only the new ones know to
    /// them, new ones read what old producers sent; every job runs once, at its first attempt, and none is dead-lettered.</summary>
    [Fact]
    [Needs(Capability.Copies)]
    public async Task S85_Rolling_Deploy_Loses_And_DeadLetters_Nothing()
    {
        var runs = new ConcurrentQueue<(JobId Id, bool IsNewWorker, int Attempt, string? Language)>();
        var sent = new ConcurrentDictionary<JobId, Draft>();
        var node = await ProducerAsync();
        await using var first = await OldAsync();
        await using var second = await OldAsync();

        // A producer is deployed first, so that the old workers surely meet what they do not know.
        Draft[] early = [.. Bench.Drafts(10).Select(static (draft, i) => i % 2 == 0 ? OfNewVersion(draft) : OfNewJob(draft))];
        await SendAsync(early);
        if (Fixture.Declares(Capability.ExactDepth))
        {
            await node.HasDepthAsync(0, 0, early.Length);
        }

        await SendAsync([.. Bench.Drafts(4).Select(OfOldVersion)]);
        await Bench.UntilAsync(() => Task.FromResult(runs.Any(static run => !run.IsNewWorker)), "an old worker has run a job");
        var load = LoadAsync(10);
        await using var third = await NewAsync();
        await load;
        load = LoadAsync(10);
        await first.StopAsync();
        await using var fourth = await NewAsync();
        await load;
        load = LoadAsync(10);
        await second.StopAsync();
        await load;
        await SendAsync([.. Bench.Drafts(4).Select(OfOldVersion)]);
        await Bench.UntilAsync(() => Task.FromResult(runs.Count >= sent.Count), "all jobs have run");
        await third.StopAsync();
        await fourth.StopAsync();

        Assert.Equal(sent.Values.Ids(), runs.Select(static run => run.Id.ToString()).Order(StringComparer.Ordinal));
        Assert.All(runs, run =>
        {
            var draft = sent[run.Id];
            var mayBeOld = draft is { Name: Changed, Version: 1 };
            Assert.Equal(1, run.Attempt);
            Assert.True(run.IsNewWorker || mayBeOld, $"An old worker ran {draft.Name}, version {draft.Version}.");
            Assert.Equal(draft switch { { Version: 2 } => "de", { Name: Changed } when run.IsNewWorker => GreetingDefinition.Upcast, _ => null }, run.Language);
        });
        Assert.Contains(runs, static run => !run.IsNewWorker);
        Assert.Contains(runs, static run => run.Language == GreetingDefinition.Upcast);
        if (Fixture.Declares(Capability.DeadLetters))
        {
            Assert.Equal(0, await node.CountDeadAsync());
        }

        if (Fixture.Declares(Capability.ExactDepth))
        {
            await node.HasDepthAsync(0, 0, 0);
        }

        Task<WorkerProcess> OldAsync() => StartAsync(isNew: false, Old);

        Task<WorkerProcess> NewAsync() => StartAsync(isNew: true, New, OnlyNew);

        Task<WorkerProcess> StartAsync(bool isNew, params GreetingDefinition[] known) => new WorkerProcess(Bench)
        {
            Register = jobs =>
            {
                foreach (var definition in known)
                {
                    jobs.AddDefinition(definition).AddHandler(new GreetingHandler(definition, (context, language) => runs.Enqueue((context.Id, isNew, context.Attempt, language))));
                }
            },
        }.StartAsync();

        async Task SendAsync(Draft[] drafts)
        {
            Array.ForEach(drafts, draft => sent[draft.Id] = draft);
            await node.AcceptAsync(drafts);
        }

        // Producers of both versions.
        async Task LoadAsync(int rounds)
        {
            for (var round = 0; round < rounds; round++)
            {
                await SendAsync([.. Bench.Drafts(12).Select(static (draft, i) => (i % 4) switch
                {
                    0 => OfNewVersion(draft),
                    1 => OfNewJob(draft),
                    _ => OfOldVersion(draft),
                })]);
                await Bench.PassAsync(RoundPause);
            }
        }
    }

    private static Draft OfOldVersion(Draft draft) => draft with { Name = Changed, Data = "{}" };

    private static Draft OfNewVersion(Draft draft) => draft with { Name = Changed, Version = 2, Data = """{"language":"de"}""" };

    private static Draft OfNewJob(Draft draft) => draft with { Name = Added, Data = """{"language":null}""" };
}
