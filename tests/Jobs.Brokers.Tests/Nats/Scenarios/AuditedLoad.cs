using System.Collections.Concurrent;
using System.Globalization;
using Jobs.Brokers.Conformance.Harness;
using Jobs.Messages;

namespace Jobs.Brokers.Tests.Nats.Scenarios;

/// <summary>Producers and two workers, which go on whatever is done to the servers; every delivery is written down, and explained in the end.</summary>
internal sealed class AuditedLoad(Bench bench)
{
    private const int Batch = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<JobId, bool> _accepted = new();
    private readonly ConcurrentDictionary<JobId, List<DateTimeOffset>> _deliveries = new();
    private readonly ConcurrentDictionary<JobId, DateTimeOffset> _completed = new();
    private readonly ConcurrentQueue<DateTimeOffset> _ends = new();

    /// <summary>Does harm while jobs are sent and worked on, and lets all of them be done.</summary>
    /// <param name="harm">What was in hand meanwhile, or until jobs were completed again, may be delivered once more.</param>
    /// <returns>The longest time after the harm without a job that was completed.</returns>
    public async Task<TimeSpan> RunAsync(Func<Task> harm)
    {
        var token = TestContext.Current.CancellationToken;
        var producer = await bench.NodeAsync();
        await producer.Inbox.Receiver.StopAsync(token);
        var workers = new[] { await bench.NodeAsync(), await bench.NodeAsync() };
        using var sent = CancellationTokenSource.CreateLinkedTokenSource(token);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(token);
        var working = Task.WhenAll(workers.Select(worker => WorkAsync(worker.Inbox, done.Token)));
        var sending = Task.WhenAll(SendAsync(producer, sent.Token), SendAsync(workers[0], sent.Token));
        await bench.UntilAsync(() => Task.FromResult(_completed.Count >= 5 * Batch), "jobs are done");

        var from = bench.Now;
        await harm();
        var until = bench.Now;
        await UntilAsync(() => _ends.Any(end => end > until), "the next job was done");
        var enough = _accepted.Count + (5 * Batch);
        await UntilAsync(() => _accepted.Count >= enough, "jobs are accepted again");
        await sent.CancelAsync();
        await sending;
        await UntilAsync(() => _accepted.Keys.All(_completed.ContainsKey), "all jobs were done", Missing);
        await bench.UntilAsync(() => IsEmptyAsync(producer), "nothing is left");
        await done.CancelAsync();
        await working;
        DateTimeOffset[] ends = [until, .. _ends.Where(end => end > until).Order()];
        var longest = ends.Zip(ends.Skip(1)).Max(static pair => pair.Second - pair.First);
        var unexplained = Unexplained(from - bench.Fixture.Lease, until + longest + bench.Fixture.Lease);
        Assert.True(unexplained.Length == 0, $"{unexplained.Length} jobs were delivered again for no reason: {string.Join("; ", unexplained.Take(3))}");
        return longest;
    }

    private static async Task<bool> IsEmptyAsync(Node node)
    {
        try
        {
            return await node.DepthAsync() is { Waiting: 0, InFlight: 0, Delayed: 0 };
        }
        catch (Exception error) when (error is IOException or JobException)
        {
            // The servers are not all of one mind yet.
            return false;
        }
    }

    private string Missing() => string.Join(", ", _accepted.Keys.Where(id => !_completed.ContainsKey(id)).Take(5).Select(
        id => $"{id} (delivered {(_deliveries.TryGetValue(id, out var times) ? string.Join(' ', times.Select(static time => time.ToString("mm:ss.fff", CultureInfo.InvariantCulture))) : "never")})"));

    // Whoever was in hand when it happened, or until all had found each other again, may come once more.
    private string[] Unexplained(DateTimeOffset from, DateTimeOffset until) =>
        [.. _deliveries.Where(job => job.Value.SkipLast(1).Any(time => time < from || time > until))
            .Select(job => $"{job.Key}: {string.Join(' ', job.Value.Select(static time => time.ToString("mm:ss.fff", CultureInfo.InvariantCulture)))}; harm {from:mm:ss.fff} to {until:mm:ss.fff}")];

    private async Task SendAsync(Node node, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            var drafts = bench.Drafts(Batch);
            var results = new SendResult[drafts.Length];
            await node.Broker.SendAsync(drafts.Select(static draft => draft.Build()).ToArray(), results, CancellationToken.None);
            foreach (var (draft, result) in drafts.Zip(results))
            {
                if (result.IsStored)
                {
                    _accepted.TryAdd(draft.Id, true);
                }
            }

            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task WorkAsync(Inbox inbox, CancellationToken done)
    {
        var buffer = new JobDelivery[Batch];
        while (!done.IsCancellationRequested)
        {
            try
            {
                var received = await inbox.Receiver.ReceiveAsync(buffer, wait: true, done);
                var ids = buffer.Take(received).Select(static delivery => delivery.IdOf()).ToArray();
                foreach (var id in ids)
                {
                    var times = _deliveries.GetOrAdd(id, static _ => []);
                    lock (times)
                    {
                        times.Add(bench.Now);
                    }
                }

                var results = new SettleResult[received];
                await inbox.Receiver.SettleAsync(buffer.Take(received).Select(static delivery => Inbox.Completion(delivery)).ToArray(), results, CancellationToken.None);
                foreach (var (id, _) in ids.Zip(results).Where(static pair => pair.Second == SettleResult.Ok))
                {
                    _completed.TryAdd(id, bench.Now);
                }

                if (results.Contains(SettleResult.Ok))
                {
                    _ends.Enqueue(bench.Now);
                }
            }
            catch (OperationCanceledException) when (done.IsCancellationRequested)
            {
                // All is done.
            }
        }
    }

    private static async Task UntilAsync(Func<bool> holds, string what, Func<string>? details = null)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Patience, $"Not within {Patience.TotalSeconds} s: {what}. {details?.Invoke()}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
