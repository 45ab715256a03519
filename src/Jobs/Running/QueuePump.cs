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
/// wrong; (3) the loop ends only when it is told to, whatever the broker throws, and says once when it fails and once when it recovers;
/// (4) one receive is under way at a time, and none is left alone: its deliveries are accepted, also when the loop is to end.
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

    // So many came that there is more, most likely.
    private const int Many = 256;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly long _leaseTimestamps = time.TimestampsOf(lane.Lease);
    private readonly JobRun[] _runs = new JobRun[LargestReceive];
    private JobDelivery[] _deliveries = new JobDelivery[LargestReceive];
    private JobDelivery[] _received = new JobDelivery[LargestReceive];
    private ValueTask<int> _receiving;
    private bool _isAhead;

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
        while (!stopReceiving.IsCancellationRequested || _isAhead)
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

        if (!_isAhead)
        {
            var credit = Math.Min(gate.GetCredit(lane), LargestReceive);
            if (credit == 0)
            {
                var credited = lane.Credited.WaitAsync();
                Enter(PumpState.NeedsCredit);
                await credited.ConfigureAwait(false);
                lane.Pump = PumpState.Busy;
                return;
            }

            Receive(credit, stopReceiving);
        }

        _isAhead = false;
        if (!_receiving.IsCompleted)
        {
            Enter(PumpState.Receiving);
        }

        var count = await _receiving.ConfigureAwait(false);
        lane.Pump = PumpState.Busy;
        if (count > 0)
        {
            (_deliveries, _received) = (_received, _deliveries);
            if (count >= Many && Math.Min(gate.GetRoom(lane, count), LargestReceive) is >= Many and var credit)
            {
                // The broker gathers the next while these are decoded.
                Receive(credit, stopReceiving);
                _isAhead = true;
            }

            Accept(count);
        }
    }

    private void Receive(int credit, CancellationToken stopReceiving)
    {
        try
        {
#pragma warning disable CA2012 // The loop awaits it once, before it asks again.
            _receiving = lane.Receiver!.ReceiveAsync(_deliveries.AsMemory(0, credit), wait: true, stopReceiving);
#pragma warning restore CA2012
        }
        catch (Exception exception)
        {
            _receiving = new(Task.FromException<int>(exception));
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
            var message = _received[i].Message;
            var job = message is null ? null : catalog.Find(message);
            run.Assign(_received[i], job, now, now + _leaseTimestamps, now + (_leaseTimestamps / 3));
            run.IsExclusive = message is not null && message.State.CrashesAfter(_received[i].Deliveries) >= 2;
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
        Array.Clear(_received, 0, count);
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
