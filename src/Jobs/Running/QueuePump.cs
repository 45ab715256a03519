using System.Runtime.CompilerServices;
using Jobs.Brokers;
using Jobs.Catalog;
using Jobs.Definitions;
using Jobs.Hosting;
using Jobs.Retrying;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Running;

/// <summary>Moves deliveries of one queue from the broker to the gate.</summary>
/// <remarks>
/// Invariants: (1) never asks for more than the lane's credit; (2) every delivery received has a slot before anything else can go
/// wrong; (3) the loop ends only when it is told to, whatever the broker throws, and says once when it fails and once when it recovers.
/// </remarks>
internal sealed class QueuePump(
    QueueLane lane,
    ReceiverOptions receiverOptions,
    FairGate gate,
    IJobBroker broker,
    TopologyProvisioner provisioner,
    JobCatalog catalog,
    JobsTelemetry telemetry,
    TimeProvider time,
    ILogger logger,
    IWorkerObserver? observer)
{
    private const int LargestReceive = 1024;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly long _leaseTimestamps = (long)(lane.Lease.TotalSeconds * time.TimestampFrequency);
    private JobDelivery[] _deliveries = new JobDelivery[16];
    private JobRun[] _runs = new JobRun[16];

    /// <summary>Receives until stopped.</summary>
    public async Task RunAsync(CancellationToken stopReceiving)
    {
        lane.ReceivedAt = time.GetTimestamp();
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await ReceiveAsync(stopReceiving).ConfigureAwait(false);
        }
        finally
        {
            Enter(PumpState.Ended);
        }
    }

    private async Task ReceiveAsync(CancellationToken stopReceiving)
    {
        using var wake = stopReceiving.UnsafeRegister(static state => ((QueueLane)state!).Credited.Set(), lane);
        var failures = 0;
        while (!stopReceiving.IsCancellationRequested)
        {
            try
            {
                await ReceiveOnceAsync(stopReceiving).ConfigureAwait(false);
                if (failures > 0)
                {
                    failures = 0;
                    Log.ReceiveRecovered(logger, lane.Name);
                }
            }
            catch (OperationCanceledException) when (stopReceiving.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                failures++;
                await PauseAsync(exception, failures, stopReceiving).ConfigureAwait(false);
            }
        }
    }

    // Pooled, because an idle worker waits here before each job.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReceiveOnceAsync(CancellationToken stopReceiving)
    {
        if (lane.Receiver is null)
        {
            await provisioner.EnsureAsync(stopReceiving).ConfigureAwait(false);
            lane.Receiver = await broker.OpenReceiverAsync(lane.Name, receiverOptions, stopReceiving).ConfigureAwait(false);
        }

        var credit = Math.Min(gate.GetCredit(lane), LargestReceive);
        if (credit == 0)
        {
            var credited = lane.Credited.WaitAsync();
            Enter(PumpState.NeedsCredit);
            await credited.ConfigureAwait(false);
            lane.Pump = PumpState.Busy;
            return;
        }

        if (_deliveries.Length < credit)
        {
            _deliveries = new JobDelivery[LargestReceive];
            _runs = new JobRun[LargestReceive];
        }

        var receiving = lane.Receiver.ReceiveAsync(_deliveries.AsMemory(0, credit), wait: true, stopReceiving);
        if (!receiving.IsCompleted)
        {
            Enter(PumpState.Receiving);
        }

        var count = await receiving.ConfigureAwait(false);
        lane.Pump = PumpState.Busy;
        if (count > 0)
        {
            Accept(count);
        }
    }

    private void Accept(int count)
    {
        var runs = _runs.AsSpan(0, count);
        gate.Rent(lane, runs);
        var now = time.GetTimestamp();
        lane.ReceivedAt = now;
        var single = 0;
        for (var i = 0; i < count; i++)
        {
            var run = runs[i];
            var message = _deliveries[i].Message;
            var job = message is null ? null : catalog.Find(message);
            run.Assign(_deliveries[i], job, now, now + _leaseTimestamps, now + (_leaseTimestamps / 3));
            run.IsExclusive = message is not null && message.State.CrashesAfter(_deliveries[i].Deliveries) >= 2;
            if (job?.Handler is BatchJobHandler)
            {
                lane.Batchers[job].Add(run);
            }
            else
            {
                runs[single++] = run;
            }
        }

        if (single > 0)
        {
            gate.Offer(lane, runs[..single]);
        }

        runs.Clear();
        Array.Clear(_deliveries, 0, count);
    }

    private async ValueTask PauseAsync(Exception exception, int failures, CancellationToken stopReceiving)
    {
        var pause = Backoff.FullJitter(FirstPause, LongestPause, failures, Random.Shared);
        if (failures == 1)
        {
            Log.ReceiveFailed(logger, exception, lane.Name, pause);
        }

        telemetry.ErrorSwallowed("receive");
        Enter(PumpState.Pausing);
        try
        {
            await Task.Delay(pause, time, stopReceiving).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop sees the same token.
        }

        lane.Pump = PumpState.Busy;
    }

    private void Enter(PumpState state)
    {
        lane.Pump = state;
        observer?.Changed();
    }
}
