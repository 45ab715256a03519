using System.Collections.Concurrent;
using Jobs.Brokers;
using Jobs.Memory;
using Jobs.Messages;
using Jobs.Testing;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Memory;

/// <summary>Many producers, many receivers, every way to settle, leases that pass at random: no job is lost, none ends twice.</summary>
public class MemoryStressTests
{
    private const int Producers = 4;
    private const int Receivers = 4;
    private const int PerProducer = 2_000;

    [Theory(Timeout = 120_000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_job_ends_once(int seed)
    {
        var clock = new FakeTimeProvider();
        await using var broker = new MemoryBroker(clock);
        var ended = new ConcurrentDictionary<int, int>();
        var remaining = new CountdownEvent(Producers * PerProducer);
        using var finished = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        var producing = Enumerable.Range(0, Producers).Select(producer => Task.Run(() => ProduceAsync(broker, clock, producer, seed)));
        var receiving = Enumerable.Range(0, Receivers).Select(receiver => Task.Run(() =>
            ReceiveAsync(broker, clock, new Random((seed * 100) + receiver), ended, remaining, finished.Token))).ToArray();

        await Task.WhenAll(producing);

        // Time stands still unless somebody moves it: what is delayed, or held by a worker that gave up, waits for this.
        while (!remaining.IsSet)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.DoesNotContain(receiving, static task => task.IsFaulted);
            await Task.Yield();
        }

        await finished.CancelAsync();
        await Task.WhenAll(receiving);
        Assert.Equal(Enumerable.Range(0, Producers * PerProducer), ended.Keys.Order());
        Assert.All(ended.Values, static times => Assert.Equal(1, times));
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(new QueueDepth(0, 0, 0, TimeSpan.Zero), await broker.GetDepthAsync("default", MemoryBench.Token));
    }

    private static async Task ProduceAsync(MemoryBroker broker, FakeTimeProvider clock, int producer, int seed)
    {
        var random = new Random((seed * 1_000) + producer);
        var results = new SendResult[1];
        for (var i = 0; i < PerProducer; i++)
        {
            var value = (producer * PerProducer) + i;
            var message = JobMessage<NumberArgs>.Rent(NumberArgs.Definition, new NumberArgs(value));
            message.Id = new JobId(new Guid(value + 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
            message.EnqueuedAt = clock.GetUtcNow();
            message.MayRepeat = random.Next(4) == 0;
            message.Due = random.Next(10) == 0 ? clock.GetUtcNow().AddSeconds(random.Next(60)) : null;
            await broker.SendAsync(new JobMessage[] { message }, results, default);
            Assert.Equal(SendStatus.Accepted, results[0].Status);
        }
    }

    private static async Task ReceiveAsync(
        MemoryBroker broker, FakeTimeProvider clock, Random random, ConcurrentDictionary<int, int> ended, CountdownEvent remaining, CancellationToken finished)
    {
        var receiver = await broker.OpenReceiverAsync("default", new ReceiverOptions { Lease = MemoryBench.Lease, Worker = "w" }, default);
        var buffer = new JobDelivery[64];
        var kept = new List<(JobDelivery Delivery, int Value)>();
        while (!finished.IsCancellationRequested)
        {
            int count;
            try
            {
                using var impatience = CancellationTokenSource.CreateLinkedTokenSource(finished);
                var receive = receiver.ReceiveAsync(buffer.AsMemory(0, random.Next(1, 65)), wait: true, impatience.Token);
                if (random.Next(8) == 0)
                {
                    await impatience.CancelAsync();
                }

                count = await receive;
            }
            catch (OperationCanceledException)
            {
                continue;
            }

            var batch = new List<(JobDelivery Delivery, int Value)>();
            foreach (var delivery in buffer[..count])
            {
                var item = (delivery, MemoryBench.ValueOf(delivery));
                (random.Next(20) == 0 ? kept : batch).Add(item);
            }

            // What a worker sat on may have passed to another meanwhile: settled late, it must count only if it still was its own.
            if (kept.Count > 10)
            {
                batch.AddRange(kept);
                kept.Clear();
            }

            await SettleAsync(receiver, clock, random, batch, ended, remaining);
        }
    }

    private static async Task SettleAsync(
        IJobReceiver receiver,
        FakeTimeProvider clock,
        Random random,
        List<(JobDelivery Delivery, int Value)> batch,
        ConcurrentDictionary<int, int> ended,
        CountdownEvent remaining)
    {
        if (random.Next(3) == 0)
        {
            receiver.Renew([.. batch.Select(static item => item.Delivery)], new SettleResult[batch.Count]);
        }

        var settlements = batch.Select(item => new Settlement
        {
            Delivery = item.Delivery,
            Kind = random.Next(10) switch { 0 => SettleKind.Retry, 1 => SettleKind.Defer, 2 => SettleKind.Release, 3 => SettleKind.DeadLetter, _ => SettleKind.Complete },
            Due = random.Next(2) == 0 ? null : clock.GetUtcNow().AddSeconds(random.Next(30)),
            Failure = MemoryBench.Failure(),
        }).ToArray();
        var results = new SettleResult[batch.Count];
        await receiver.SettleAsync(settlements, results, default);
        for (var i = 0; i < batch.Count; i++)
        {
            if (results[i] == SettleResult.Ok && settlements[i].Kind is SettleKind.Complete or SettleKind.DeadLetter)
            {
                ended.AddOrUpdate(batch[i].Value, 1, static (_, times) => times + 1);
                remaining.Signal();
            }
        }

        var again = new SettleResult[batch.Count];
        await receiver.SettleAsync(settlements, again, default);
    }
}
