using System.Text;
using Jobs.Brokers;
using Jobs.Hosting;
using Jobs.Running;
using Jobs.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Tests.Properties;

/// <summary>Enqueues random jobs while everything goes wrong that can, and lets all of it come to its end.</summary>
internal sealed class ChaosRun(int seed, int count) : IAsyncDisposable
{
    private const int Rounds = 40;
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(1);
    private static readonly Behaviour[] Usual = [Behaviour.Succeed, Behaviour.Succeed, Behaviour.Succeed, Behaviour.Fail, Behaviour.Fail, Behaviour.FailAlways];

    private readonly Random _random = new(seed);

    public Chaos Chaos { get; } = new(seed, count);

    public JobTestHost Host { get; private set; } = null!;

    /// <summary>What each worker had in hand and running, the dead ones' too.</summary>
    public List<FairGate> Gates { get; } = [];

    /// <summary>How many documents of unknown jobs, and how many that cannot be read, were put into queues.</summary>
    public int Unknown { get; private set; }

    /// <inheritdoc cref="Unknown"/>
    public int Unreadable { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Chaos.Publish();
        for (var number = 0; number < count; number++)
        {
            Chaos.Plans[number] = MakePlan(number);
        }

        Host = await JobTestHost.StartAsync(Register, MakeOptions(), cancellationToken);
        NoteWorker();
        for (var round = 0; round < Rounds; round++)
        {
            for (var number = count * round / Rounds; number < count * (round + 1) / Rounds; number++)
            {
                await EnqueueAsync(Chaos.Plans[number]);
            }

            await DisturbAsync(cancellationToken);
        }

        await Host.RunUntilIdleAsync(cancellationToken);

        // Runs that outlived their workers end as well, and are on record then.
        await Host.RunAsync(LongestRun, cancellationToken);
        await Task.WhenAll(Gates.Select(gate => gate.WhenIdleAsync())).WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (Host is not null)
        {
            await Host.DisposeAsync();
        }

        Chaos.Dispose();
    }

    private static void Register(IJobsBuilder jobs)
    {
        ChaosJobsClient.Register(jobs);
        foreach (var queue in (string[])["default", "fast", "slow", "batches"])
        {
            jobs.AddQueue(queue, settings =>
            {
                settings.Priorities.Add(JobPriority.High);
                settings.Priorities.Add(JobPriority.Normal);
                settings.Priorities.Add(JobPriority.Low);
            });
        }

        jobs.Configure(options =>
        {
            options.Worker.Concurrency = 16;
            options.Worker.MaxPrefetch = 50;
            options.ResultRetention = TimeSpan.FromDays(365);
        });
    }

    private JobTestHostOptions MakeOptions() => new()
    {
        Services = services => services.AddSingleton(Chaos),
        SafetyLimit = TimeSpan.FromMinutes(2),
    };

    private JobPlan MakePlan(int number)
    {
        var kind = (JobKind)_random.Next(5);
        var behaviour = kind switch
        {
            JobKind.Static or JobKind.Synchronous => _random.Next(10) == 0 ? Behaviour.FailAlways : Behaviour.Succeed,
            JobKind.Batch => _random.Next(12) switch { 0 => Behaviour.Bomb, 1 => Behaviour.FailAlways, 2 or 3 => Behaviour.Fail, 4 => Behaviour.Slow, _ => Behaviour.Succeed },
            _ => _random.Next(3) == 0 ? (Behaviour)_random.Next((int)Behaviour.Bomb) : Usual[_random.Next(Usual.Length)],
        };
        var times = behaviour == Behaviour.Slow ? _random.Next(1, 15) : _random.Next(1, Chaos.MaxAttempts);
        return new JobPlan(number, kind, behaviour, times, kind == JobKind.Context && _random.Next(4) == 0 ? _random.Next(1, 4) : 0);
    }

    private async Task EnqueueAsync(JobPlan plan)
    {
        var refused = _random.Next(100) == 0;
        if (refused)
        {
            Host.Faults.FailNextSend(_random.Next(2) == 0 ? SendStatus.Failed : SendStatus.QueueFull);
        }

        TimeSpan? delay = _random.Next(5) == 0 ? TimeSpan.FromSeconds(_random.Next(1, 600)) : null;
        plan.MayExpire = _random.Next(20) == 0;
        var options = new EnqueueOptions
        {
            Delay = delay,
            ExpiresAfter = plan.MayExpire ? (delay ?? TimeSpan.Zero) + TimeSpan.FromSeconds(_random.Next(1, 60)) : null,
            Priority = (JobPriority)_random.Next(3),
        };
        try
        {
            plan.Id = await SendAsync(plan, options);
            Assert.False(refused);
        }
        catch (JobEnqueueException)
        {
            Assert.True(refused);
        }

        if (_random.Next(200) == 0)
        {
            Unknown++;
            Host.Broker.SendRaw("fast", Encoding.UTF8.GetBytes($$$"""{"specversion":"1.0","id":"unknown-{{{seed}}}-{{{plan.Number}}}","source":"/other","type":"chaos.nobody","data":{}}"""));
        }

        if (_random.Next(200) == 0)
        {
            Unreadable++;
            Host.Broker.SendRaw("slow", Encoding.UTF8.GetBytes("{\"specversion\":"));
        }
    }

    private async Task<JobId> SendAsync(JobPlan plan, EnqueueOptions options)
    {
        var jobs = Host.Jobs.ChaosJobs;
        return plan.Kind switch
        {
            JobKind.Context => (await jobs.Context(plan.Number, options)).Id,
            JobKind.Static => (await jobs.Static(seed, plan.Number, options)).Id,
            JobKind.Synchronous => (await jobs.Blocking(seed, plan.Number, options)).Id,
            JobKind.Result => (await jobs.Result(plan.Number, options)).Id,
            _ => (await jobs.Batched(new ChaosItem(plan.Number), options)).Id,
        };
    }

    private async Task DisturbAsync(CancellationToken cancellationToken)
    {
        switch (_random.Next(8))
        {
            case 0:
                await Host.RestartAsync(cancellationToken);
                NoteWorker();
                break;
            case 1:
                await Host.RunAsync(TimeSpan.FromSeconds(_random.Next(3)), cancellationToken);
                await Host.CrashAsync(cancellationToken);
                NoteWorker();
                break;
            case 2:
                Host.Faults.FailNextSettle(_random.Next(1, 6));
                break;
            case 3:
                Host.Faults.LoseNextSettleAnswer(_random.Next(1, 6));
                break;
            case 4:
                LoseLeases();
                break;
        }

        await Host.RunAsync(TimeSpan.FromSeconds(_random.Next(30)), cancellationToken);
    }

    private void NoteWorker() => Gates.Add(Host.Services.GetServices<IHostedService>().OfType<JobWorker>().Single().Gate!);

    private void LoseLeases()
    {
        var left = 5;
        foreach (var plan in Chaos.Plans)
        {
            if (left > 0 && Chaos.IsRunning(plan.Number) && Host.Faults.TryLoseLease(plan.Id))
            {
                left--;
            }
        }
    }
}
