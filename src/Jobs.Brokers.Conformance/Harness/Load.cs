using System.Collections.Concurrent;
using System.Net;
using Xunit;

namespace Jobs.Brokers.Conformance.Harness;

/// <summary>Producers and workers that go on through whatever a check does to their server.</summary>
internal sealed class Load(Bench bench, int jobs)
{
    private const int SendBatch = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FaultInterval = TimeSpan.FromMilliseconds(300);

    private readonly ConcurrentDictionary<JobId, bool> _accepted = new();
    private readonly ConcurrentDictionary<JobId, int> _runs = new();
    private readonly List<Node> _workers = [];
    private Node _producer = null!;

    private bool IsDone => _accepted.Count >= jobs && _accepted.Keys.All(_runs.ContainsKey);

    /// <summary>Connects them.</summary>
    public async Task StartAsync(int workers, IPEndPoint? server)
    {
        _producer = await bench.ConnectAsync(server);
        for (var i = 0; i < workers; i++)
        {
            _workers.Add(await bench.NodeAsync(server: server));
        }
    }

    /// <summary>Sends and works, doing harm now and then, until all is sent and done.</summary>
    public async Task RunAsync(Func<Task> harm)
    {
        using var limit = new CancellationTokenSource(bench.Fixture.Patience * 2, TimeProvider.System);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, TestContext.Current.CancellationToken);
        Task[] all = [SendAsync(done.Token), .. _workers.Select(worker => WorkAsync(worker.Inbox, done.Token))];
        while (!IsDone && !done.IsCancellationRequested)
        {
            await Task.WhenAny(Task.WhenAll(all), Task.Delay(FaultInterval, TimeProvider.System, CancellationToken.None));
            if (_accepted.Count < jobs)
            {
                await harm();
            }
        }

        await done.CancelAsync();
        await Task.WhenAll(all);
    }

    /// <summary>Everything that was accepted has run.</summary>
    public void AssertNothingLost()
    {
        var lost = _accepted.Keys.Where(id => !_runs.ContainsKey(id)).ToArray();
        Assert.True(_accepted.Count >= jobs, $"Only {_accepted.Count} of {jobs} jobs were accepted.");
        Assert.True(lost.Length == 0, $"{lost.Length} of {_accepted.Count} accepted jobs never ran, among them {lost.FirstOrDefault()}.");
    }

    private async Task SendAsync(CancellationToken done)
    {
        while (_accepted.Count < jobs && !done.IsCancellationRequested)
        {
            var drafts = bench.Drafts(SendBatch);
            var results = new SendResult[drafts.Length];
            await _producer.Broker.SendAsync(drafts.Select(static draft => draft.Build()).ToArray(), results, done);
            foreach (var (draft, result) in drafts.Zip(results))
            {
                if (result.IsStored)
                {
                    _accepted.TryAdd(draft.Id, true);
                }
            }

            await Task.Delay(Pause / 10, TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task WorkAsync(Inbox inbox, CancellationToken done)
    {
        var buffer = new JobDelivery[SendBatch];
        try
        {
            while (!done.IsCancellationRequested)
            {
                var received = await inbox.Receiver.ReceiveAsync(buffer, wait: true, done);
                foreach (var delivery in buffer.AsSpan(0, received))
                {
                    _runs.AddOrUpdate(delivery.IdOf(), 1, static (_, runs) => runs + 1);
                }

                await inbox.Receiver.SettleAsync(buffer[..received].Select(static delivery => Inbox.Completion(delivery)).ToArray(), new SettleResult[received], done);
            }
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // All is done.
        }
    }
}
