using System.Diagnostics;
using Jobs.Brokers;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Soak;

/// <summary>Enqueues, while workers and the server are killed under a slow network; then reads the workers' logs.</summary>
public sealed class SoakRun(SoakOptions options)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly List<WorkerProcess> _workers = [];
    private readonly List<string> _logs = [];
    private readonly List<Kill> _kills = [];
    private readonly List<Outage> _outages = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("jobs-soak-").FullName;
    private readonly TimeProvider _time = TimeProvider.System;
    private int _started;

    /// <summary>Runs it to its end.</summary>
    public async Task<SoakReport> RunAsync(CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        await using var server = await SoakServer.StartAsync(options, cancellationToken);
        var builder = SoakWorker.CreateBuilder(options.Broker, server.Address, options.Lease);
        builder.AddJobs(static jobs => jobs.AddSoakJobs().AddRedis().AddNats().AddSqs());
        using var producer = builder.Build();
        await producer.StartAsync(cancellationToken);
        await WarmUpAsync(producer.Services, cancellationToken);
        var baseline = await server.ReadMemoryAsync(cancellationToken);
        for (var i = 0; i < options.Workers; i++)
        {
            StartWorker(server);
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var chaos = Task.WhenAll(KillWorkersAsync(server, ended.Token), RestartServerAsync(server, ended.Token));
        try
        {
            return await RunAsync(server, producer.Services, chaos, ended, baseline, cancellationToken) with { Elapsed = Stopwatch.GetElapsedTime(begun) };
        }
        finally
        {
            await ended.CancelAsync();
            await chaos.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _workers.ForEach(static worker => worker.Dispose());
            await producer.StopAsync(CancellationToken.None);
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task<SoakReport> RunAsync(SoakServer server, IServiceProvider producer, Task chaos, CancellationTokenSource ended, long baseline, CancellationToken cancellationToken)
    {
        await EnqueueAsync(producer.GetRequiredService<IJobClient>(), cancellationToken);
        var audit = await WaitForEndsAsync(chaos, cancellationToken);
        await ended.CancelAsync();
        await chaos;
        var (growth, left) = await SettleAsync(producer.GetRequiredService<IJobBroker>(), server, baseline, cancellationToken);
        var dead = await ((IDeadLetterQueue)producer.GetRequiredService<IJobBroker>()).CountDeadLettersAsync("default", cancellationToken);
        var crashed = await StopWorkersAsync();
        audit = ReadLogs();
        audit.Explain();
        return new SoakReport
        {
            Accepted = options.Jobs,
            Lost = [.. Enumerable.Range(1, options.Jobs).Where(job => !audit.HasEnded(job))],
            DeadLetters = dead,
            RanAgainAfterEnd = audit.RanAgainAfterEnd,
            RanAgainAfterCut = audit.RanAgainAfterCut,
            Unexplained = audit.Unexplained,
            Timelines = audit.Unexplained.ConvertAll(audit.TimelineOf),
            WorkersKilled = _kills.Count,
            WorkersCrashed = crashed,
            Recoveries = [.. _outages.Select(outage => Recovery(outage, audit.Ends))],
            MemoryGrowth = growth,
            Left = left,
        };
    }

    // Scripts, group and consumers are the server's to keep; only what jobs leave behind is looked for.
    private static async Task WarmUpAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        await services.GetRequiredService<IJobClient>().EnqueueAsync(new SoakJobsClient.WorkArgs(0), cancellationToken: cancellationToken);

    private async Task EnqueueAsync(IJobClient jobs, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        foreach (var chunk in Enumerable.Range(1, options.Jobs).Chunk(options.Spread > TimeSpan.Zero ? 100 : 1_000))
        {
            var early = (options.Spread * chunk[0] / options.Jobs) - Stopwatch.GetElapsedTime(begun);
            if (early > TimeSpan.Zero)
            {
                await Task.Delay(early, _time, cancellationToken);
            }

            var left = chunk;
            while (left.Length > 0)
            {
                left = await EnqueueAsync(jobs, left, cancellationToken);
            }
        }
    }

    // Gives back what was not accepted, or perhaps not.
    private async Task<int[]> EnqueueAsync(IJobClient jobs, int[] numbers, CancellationToken cancellationToken)
    {
        try
        {
            await jobs.EnqueueManyAsync(numbers.Select(static number => new SoakJobsClient.WorkArgs(number)), cancellationToken: cancellationToken);
            return [];
        }
        catch (JobBulkEnqueueException refused) when (options.FaultRate > 0)
        {
            return [.. numbers.Where((_, i) => !refused.Results[i].IsStored)];
        }
    }

    private void StartWorker(SoakServer server)
    {
        var worker = WorkerProcess.Start(_started++, server.Address, _folder, options);
        lock (_logs)
        {
            _workers.Add(worker);
            _logs.Add(worker.Log);
        }
    }

    private async Task KillWorkersAsync(SoakServer server, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(options.KillPeriod, _time);
        while (await NextAsync(timer, ended))
        {
            var victim = _workers[Random.Shared.Next(_workers.Count)];
            await victim.KillAsync();
            // Once it is dead: until then it may end jobs of which it tells nobody any more.
            _kills.Add(new Kill(victim.Number, _time.GetUtcNow().ToUnixTimeMilliseconds()));
            _workers.Remove(victim);
            victim.Dispose();
            StartWorker(server);
        }
    }

    private async Task RestartServerAsync(SoakServer server, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(options.RestartPeriod, _time);
        for (var left = options.ServerRestarts; left > 0 && await NextAsync(timer, ended); left--)
        {
            var from = _time.GetUtcNow().ToUnixTimeMilliseconds();
            await server.RestartAsync(options.ServerRestarts - left);
            _outages.Add(new Outage(from, _time.GetUtcNow().ToUnixTimeMilliseconds()));
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken ended)
    {
        try
        {
            return await timer.WaitForNextTickAsync(ended);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<SoakAudit> WaitForEndsAsync(Task chaos, CancellationToken cancellationToken)
    {
        var (best, since) = (-1, Stopwatch.GetTimestamp());
        while (true)
        {
            await Task.Delay(Look * 5, _time, cancellationToken);
            if (chaos.IsFaulted)
            {
                await chaos;
            }

            var audit = ReadLogs();
            var count = Enumerable.Range(1, options.Jobs).Count(audit.HasEnded);
            if (count > best)
            {
                (best, since) = (count, Stopwatch.GetTimestamp());
            }

            // The server's restarts are part of it, even when the jobs are done before.
            if ((count == options.Jobs && _outages.Count >= options.ServerRestarts) || Stopwatch.GetElapsedTime(since) > options.Patience)
            {
                return audit;
            }
        }
    }

    private SoakAudit ReadLogs()
    {
        // Where answers are lost all the time, any job may run again.
        IReadOnlyList<Outage> outages = options.FaultRate > 0 ? [new Outage(0, long.MaxValue)] : _outages;
        // A NATS that stands alone writes down what its consumers do ten times a second at the most; what has not begun within a lease is given back.
        var audit = new SoakAudit(_kills, outages, retriesInTwoSteps: options.Broker != "redis", forgotten: options.Broker == "nats" ? options.Lease : TimeSpan.Zero);
        lock (_logs)
        {
            for (var worker = 0; worker < _logs.Count; worker++)
            {
                if (File.Exists(_logs[worker]))
                {
                    audit.Read(worker, _logs[worker]);
                }
            }
        }

        return audit;
    }

    // What was cut off by the last kill comes back a lease later; then nothing may be left. (A killed NATS brings back what was moved out of its delay stream.)
    private async Task<(long Growth, QueueDepth Left)> SettleAsync(IJobBroker broker, SoakServer server, long baseline, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            var depth = await ((IQueueAdmin)broker).GetDepthAsync("default", cancellationToken);
            if (depth is { Waiting: 0, InFlight: 0, Delayed: 0 } || Stopwatch.GetElapsedTime(begun) > options.Patience / 2)
            {
                return (await server.ReadMemoryAsync(cancellationToken) - baseline, depth);
            }

            await Task.Delay(Look, _time, cancellationToken);
        }
    }

    private async Task<int> StopWorkersAsync()
    {
        var crashed = 0;
        foreach (var worker in _workers)
        {
            crashed += await worker.StopAsync(TimeSpan.FromSeconds(30)) ? 0 : 1;
        }

        return crashed;
    }

    private static TimeSpan Recovery(Outage outage, List<long> ends)
    {
        var after = ends.Where(end => end >= outage.Until).DefaultIfEmpty(outage.Until).Min();
        return TimeSpan.FromMilliseconds(after - outage.Until);
    }
}
