using System.Globalization;
using Jobs.Brokers;
using Jobs.Catalog;
using Jobs.Hosting;
using Jobs.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Jobs.Health;

/// <summary>Says whether this host can enqueue and run jobs, and whether its queues are as they should be.</summary>
/// <remarks>What it saw is in the data of the result. Asks the broker once per consumed queue.</remarks>
internal sealed class JobsHealthCheck(
    IJobBroker broker,
    QueueCatalog queues,
    OptionalStore store,
    IServiceProvider services,
    IOptions<JobsOptions> options,
    TimeProvider time) : IHealthCheck
{
    private const int FewestRuns = 20;

    private readonly RunRates _rates = new(time);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var findings = new HealthFindings();
        CheckBroker(findings);
        CheckStore(findings);
        var waiting = await CheckQueuesAsync(findings, cancellationToken).ConfigureAwait(false);
        if (services.GetServices<IHostedService>().OfType<JobWorker>().FirstOrDefault() is not { } worker)
        {
            return findings.ToResult();
        }

        CheckWorker(worker, findings);
        if (worker.Gate is { } gate)
        {
            CheckReceiving(gate, waiting, findings);
            CheckRates(gate, waiting.Values.Sum(), findings);
        }

        return findings.ToResult();
    }

    private void CheckBroker(HealthFindings findings)
    {
        var health = broker.Health;
        findings.Data["broker"] = broker.Name;
        findings.Data["broker.status"] = health.Status.ToString();
        switch (health.Status)
        {
            case BrokerStatus.Reconnecting:
                findings.Degrade($"Broker '{broker.Name}' has been away since {health.Since:u}: {health.Error}");
                break;
            case BrokerStatus.Failed:
                findings.Fail($"Broker '{broker.Name}' cannot work since {health.Since:u}: {health.Error}");
                break;
            default:
                break;
        }
    }

    // Jobs run without their store: what they need of it waits or is told as missing.
    private void CheckStore(HealthFindings findings)
    {
        if (store.Store is not { Health: var health } found)
        {
            return;
        }

        findings.Data["store"] = found.Name;
        findings.Data["store.status"] = health.Status.ToString();
        if (health.Status != BrokerStatus.Connected)
        {
            findings.Degrade($"Store '{found.Name}' has been away since {health.Since:u}: {health.Error}");
        }
    }

    private static void CheckWorker(JobWorker worker, HealthFindings findings)
    {
        findings.Data["worker.running"] = worker.Gate?.Running ?? 0;
        if (!worker.IsStarted)
        {
            findings.Degrade("The worker of this host does not run: it is not started yet, or it is stopping.");
        }
    }

    // Waiting jobs by queue, of those that could be asked.
    private async ValueTask<Dictionary<string, long>> CheckQueuesAsync(HealthFindings findings, CancellationToken cancellationToken)
    {
        var waiting = new Dictionary<string, long>();
        if (broker.Health.Status != BrokerStatus.Connected || broker is not IQueueAdmin admin)
        {
            return waiting;
        }

        foreach (var queue in queues.Consumed)
        {
            try
            {
                var depth = await admin.GetDepthAsync(queue.Name, cancellationToken).ConfigureAwait(false);
                var isPaused = await admin.IsPausedAsync(queue.Name, cancellationToken).ConfigureAwait(false);
                waiting[queue.Name] = isPaused ? 0 : depth.Waiting;
                findings.Data[$"queue.{queue.Name}.waiting"] = depth.Waiting;
                findings.Data[$"queue.{queue.Name}.paused"] = isPaused;
                findings.DegradeIfAbove(depth.Waiting, options.Value.Health.MaxDepth, $"Queue '{queue.Name}' holds {depth.Waiting:N0} waiting jobs", nameof(HealthOptions.MaxDepth));
                if (broker is IDeadLetterQueue dead)
                {
                    var count = await dead.CountDeadLettersAsync(queue.Name, cancellationToken).ConfigureAwait(false);
                    findings.Data[$"queue.{queue.Name}.dead"] = count;
                    findings.DegradeIfAbove(count, options.Value.Health.MaxDeadLetters, $"Queue '{queue.Name}' holds {count:N0} dead letters", nameof(HealthOptions.MaxDeadLetters));
                }
            }
            catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                findings.Degrade($"Broker '{broker.Name}' does not say how full queue '{queue.Name}' is: {error.Message}");
            }
        }

        return waiting;
    }

    private void CheckReceiving(FairGate gate, Dictionary<string, long> waiting, HealthFindings findings)
    {
        foreach (var lane in gate.Lanes.Where(static lane => lane.ReceivedAt != 0))
        {
            var age = time.GetElapsedTime(lane.ReceivedAt);
            findings.Data[$"queue.{lane.Name}.received-seconds-ago"] = Math.Round(age.TotalSeconds, 1);
            if (waiting.GetValueOrDefault(lane.Name) > 0 && lane.Pump != PumpState.NeedsCredit && age > options.Value.Health.MaxReceiveAge)
            {
                findings.Degrade($"Jobs wait in queue '{lane.Name}', but this worker, which has room, has received none for {age:c} (Jobs:Health:{nameof(HealthOptions.MaxReceiveAge)}).");
            }
        }
    }

    private void CheckRates(FairGate gate, long waiting, HealthFindings findings)
    {
        var (ended, failed, over) = _rates.Look(gate.Ended, gate.Lanes.Sum(static lane => lane.Failed));
        var perMinute = over > TimeSpan.Zero ? ended / over.TotalMinutes : 0;
        findings.Data["worker.runs-per-minute"] = Math.Round(perMinute, 1);
        findings.Data["worker.failed-per-minute"] = Math.Round(over > TimeSpan.Zero ? failed / over.TotalMinutes : 0, 1);
        var health = options.Value.Health;
        if (health.MaxErrorPercent is { } percent && ended >= FewestRuns && failed * 100 > ended * percent)
        {
            findings.Degrade(string.Create(CultureInfo.InvariantCulture, $"{failed:N0} of {ended:N0} runs failed of late; at most {percent} % should (Jobs:Health:{nameof(HealthOptions.MaxErrorPercent)})."));
        }

        if (health.ExpectedPerMinute is { } expected && waiting > 0 && over >= TimeSpan.FromMinutes(1) && perMinute < expected / 2.0)
        {
            findings.Degrade(string.Create(CultureInfo.InvariantCulture, $"{perMinute:N0} runs end per minute while jobs wait; {expected:N0} are expected (Jobs:Health:{nameof(HealthOptions.ExpectedPerMinute)})."));
        }
    }
}
