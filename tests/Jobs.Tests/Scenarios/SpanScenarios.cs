using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Jobs.Brokers;
using Jobs.Hosting;
using Jobs.Tests.Definitions;

namespace Jobs.Tests.Scenarios;

/// <summary>The span of a run says how the run ended, in the words of the metric.</summary>
public sealed class SpanScenarios : IAsyncDisposable
{
    // Meter and activity source are the process's, so each test listens to a queue of its own.
    private readonly string _queue = $"q-{Guid.NewGuid():N}";
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ConcurrentQueue<string> _processed = new();
    private readonly Bench _bench = new();
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters = new();

    public SpanScenarios()
    {
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Jobs",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.Kind == ActivityKind.Consumer && Equals(span.GetTagItem("messaging.destination.name"), _queue))
                {
                    _spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(_activities);
        _meters.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument is { Meter.Name: "Jobs", Name: "jobs.processed" })
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            var all = tags.ToArray().ToDictionary();
            if (Equals(all["queue"], _queue))
            {
                _processed.Enqueue((string)all["outcome"]!);
            }
        });
        _meters.Start();
    }

    private IEnumerable<string> Outcomes => _spans.Select(span => (string)span.GetTagItem("outcome")!);

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        _activities.Dispose();
        _meters.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Spans_and_metric_tell_the_same_outcomes(bool synchronously)
    {
        var node = await StartAsync(async call =>
        {
            if (!synchronously)
            {
                await Task.Yield();
            }

            _ = (((NumberArgs)call.Args).Value, call.Attempt) switch
            {
                (1, _) => throw new DeadLetterJobException("no"),
                (2, 1) => throw new IOException("no"),
                (3, _) when _bench.Calls.Count(other => other.Id == call.Id) == 1 => throw new DeferJobException(TimeSpan.FromSeconds(1)),
                _ => 0,
            };
        });
        for (var i = 0; i < 4; i++)
        {
            await _bench.EnqueueAsync(new NumberArgs(i));
        }

        await _bench.DriveUntilAsync(() => node.Probe.Settled.Count == 6, TimeSpan.FromMilliseconds(100));
        await _bench.UntilAsync(() => node.Gate.InHand == 0);

        Assert.Equal(["dead-lettered", "deferred", "retried", "succeeded", "succeeded", "succeeded"], _processed.Order());
        Assert.Equal(_processed.Order(), Outcomes.Order());
        Assert.All(_spans, span =>
        {
            var failed = span.GetTagItem("outcome") is "retried" or "dead-lettered";
            Assert.Equal(failed ? ActivityStatusCode.Error : ActivityStatusCode.Unset, span.Status);
            Assert.Equal(failed, span.GetTagItem("error.type") is not null);
        });
    }

    [Fact]
    public async Task The_span_of_a_run_that_is_given_up_on_ends_there_and_once()
    {
        var node = await StartAsync(call => call.Attempt == 1 ? _bench.Released : Task.CompletedTask, job =>
        {
            job.Timeout = TimeSpan.FromSeconds(5);
            job.HardTimeoutGrace = TimeSpan.FromSeconds(3);
        });
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);
        var clocks = new Activity("of the clock").Start();
        _bench.Clock.Advance(TimeSpan.FromSeconds(8));

        Assert.Same(clocks, Activity.Current);
        clocks.Stop();
        await _bench.UntilAsync(() => node.Probe.Settled.Count == 1);
        var span = Assert.Single(_spans);
        Assert.Equal(("abandoned", typeof(JobTimeoutException).FullName), (span.GetTagItem("outcome"), span.GetTagItem("error.type")));
        await _bench.DriveUntilAsync(() => node.Probe.Settled.Count == 2, TimeSpan.FromMilliseconds(100));
        await _bench.DisposeAsync();
        await _bench.UntilAsync(() => _bench.Logs.Count(3013) == 1);
        Assert.Equal(["abandoned", "succeeded"], Outcomes);
    }

    [Fact]
    public async Task The_span_of_a_run_whose_lease_was_lost_says_so()
    {
        var node = await StartAsync(call => Task.Delay(Timeout.Infinite, call.Token));
        node.Probe.OnRenew = _ => SettleResult.LeaseLost;
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.UntilAsync(() => _bench.Calls.Count == 1);

        await _bench.DriveUntilAsync(() => !_spans.IsEmpty, TimeSpan.FromSeconds(1));

        Assert.Equal("lease-lost", Outcomes.First());
    }

    private Task<Node> StartAsync(Func<Call, Task> script, Action<JobOverrideOptions>? configure = null) => _bench.StartAsync(node => node
        .Handle(script)
        .Override("test.number", job =>
        {
            job.Queue = _queue;
            configure?.Invoke(job);
        }));
}
