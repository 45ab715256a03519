using System.Diagnostics;
using Jobs.Brokers;
using Jobs.Memory;
using Jobs.Messages;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Memory;

public class MemoryHotPathTests
{
    private const int Jobs = 1_000_000;
    private const int Batch = 100;

    [Fact]
    public async Task A_million_jobs_enqueued_received_and_completed_allocate_next_to_nothing()
    {
        await using var broker = new MemoryBroker(TimeProvider.System);
        var receiver = await broker.OpenReceiverAsync("default", new ReceiverOptions { Lease = MemoryBench.Lease, Worker = "w" }, MemoryBench.Token);
        Run(broker, receiver, 10_000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(broker, receiver, Jobs);
        var perJob = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Jobs;

        Assert.InRange(perJob, 0, 4);
    }

    private static void Run(MemoryBroker broker, IJobReceiver receiver, int jobs)
    {
        var messages = new JobMessage[1];
        var sent = new SendResult[1];
        var buffer = new JobDelivery[Batch];
        var settlements = new Settlement[Batch];
        var settled = new SettleResult[Batch];
        for (var i = 0; i < jobs; i += Batch)
        {
            for (var n = 0; n < Batch; n++)
            {
                messages[0] = JobMessage<NumberArgs>.Rent(NumberArgs.Definition, new NumberArgs(n));
                Finish(broker.SendAsync(messages, sent, default));
            }

            var received = Finish(receiver.ReceiveAsync(buffer, wait: true, default));
            for (var n = 0; n < received; n++)
            {
                settlements[n] = new Settlement { Delivery = buffer[n], Kind = SettleKind.Complete };
            }

            Finish(receiver.SettleAsync(settlements.AsMemory(0, received), settled, default));
        }
    }

    // None of these ever waits here: all work is done when the call returns.
    private static void Finish(ValueTask task)
    {
        Debug.Assert(task.IsCompletedSuccessfully);
        task.GetAwaiter().GetResult();
    }

    private static T Finish<T>(ValueTask<T> task)
    {
        Debug.Assert(task.IsCompletedSuccessfully);
        return task.GetAwaiter().GetResult();
    }
}
