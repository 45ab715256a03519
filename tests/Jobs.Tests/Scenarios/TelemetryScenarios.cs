using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Jobs.Tests.Claims;
using Jobs.Tests.Definitions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jobs.Tests.Scenarios;

/// <summary>What is said of a job: logs, metrics, spans.</summary>
public sealed class TelemetryScenarios : IAsyncDisposable
{
    // Meter and activity source are the process's, so each test listens to a queue of its own.
    private readonly string _queue = $"q-{Guid.NewGuid():N}";
    private readonly Bench _bench = new();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Every_line_that_a_handler_logs_carries_its_job()
    {
        var node = await _bench.StartAsync(node => node.Handle(call =>
        {
            call.Services.GetRequiredService<ILogger<TelemetryScenarios>>().LogInformation("hello {Attempt}", call.Attempt);
            return call.Attempt == 1 ? throw new IOException("no") : Task.CompletedTask;
        }).Override("test.number", job => job.Queue = _queue));
        var id = (await _bench.EnqueueAsync(new NumberArgs(1))).Id;
        await _bench.DriveUntilAsync(() => node.Probe.Settled.Count == 2, TimeSpan.FromMilliseconds(100));

        var lines = _bench.Logs.Lines.Where(line => line.Category.EndsWith(nameof(TelemetryScenarios), StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, lines.Length);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal((id, "test.number", i + 1, _queue), ((JobId)lines[i].Scope["JobId"]!, lines[i].Scope["JobName"], (int)lines[i].Scope["Attempt"]!, lines[i].Scope["Queue"]));
        }

        Assert.Contains(_bench.Logs.Lines, line => line.Id == 3003 && line.Message.Contains(id.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_start_and_every_end_is_logged()
    {
        var node = await _bench.StartAsync(node => node
            .Handle(call => call.Attempt == 1 ? throw new IOException("no") : Task.CompletedTask)
            .Override("test.number", job => job.Queue = _queue));
        var id = (await _bench.EnqueueAsync(new NumberArgs(1))).Id;
        await _bench.DriveUntilAsync(() => node.Probe.Settled.Count == 2, TimeSpan.FromMilliseconds(100));

        var lines = _bench.Logs.Lines.Where(line => line.Message.Contains(id.ToString(), StringComparison.Ordinal)).Select(line => line.Id);
        Assert.Equal([3001, 3003, 3001, 3002], lines);
    }

    [Fact]
    public async Task A_log_provider_that_throws_ends_no_pump()
    {
        var receives = 0;
        var node = await _bench.StartAsync(node => node.Handle(_ => Task.CompletedTask));
        _bench.Logs.Fails = true;
        node.Probe.OnReceive = () => Interlocked.Increment(ref receives) == 1 ? throw new IOException("away") : default;

        // The receive that waits takes the first; the next one fails, and is tried again.
        await _bench.EnqueueAsync(new NumberArgs(1));
        await _bench.DriveUntilAsync(() => node.Probe.Settled.Count == 1, TimeSpan.FromMilliseconds(100));
        await _bench.EnqueueAsync(new NumberArgs(2));
        await _bench.DriveUntilAsync(() => node.Probe.Settled.Count == 2, TimeSpan.FromMilliseconds(100));

        _bench.Logs.Fails = false;
        Assert.True(receives > 1);
        Assert.Equal(2, _bench.Calls.Count);
    }

    [Fact]
    public async Task Every_item_of_a_batch_is_logged_when_it_starts()
    {
        var node = await _bench.StartAsync(node => node.HandleBatch((_, _) => Task.CompletedTask).Override(ItemDefinition.JobName, job => job.BatchSize = 2));
        await _bench.EnqueueAsync(new ItemArgs(1));
        await _bench.EnqueueAsync(new ItemArgs(2));
        await _bench.DriveUntilAsync(() => node.Probe.Settled.Count == 2, TimeSpan.FromMilliseconds(100));

        Assert.Equal((2, 2), (_bench.Logs.Count(3001), _bench.Logs.Count(3002)));
    }

    [Fact]
    public async Task Metrics_count_every_end()
    {
        var counts = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Meter.Name == "Jobs")
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Count(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Count(instrument, value, tags));
        listener.Start();

        var node = await _bench.StartAsync(node => node
            .Handle(call => ((NumberArgs)call.Args).Value switch
            {
                1 => throw new DeadLetterJobException("no"),
                2 when call.Attempt == 1 => throw new IOException("no"),
                _ => Task.CompletedTask,
            })
            .Override("test.number", job => job.Queue = _queue));
        for (var i = 0; i < 3; i++)
        {
            await _bench.EnqueueAsync(new NumberArgs(i));
        }

        await _bench.DriveUntilAsync(() => node.Probe.Settled.Count == 4, TimeSpan.FromMilliseconds(100));
        await _bench.UntilAsync(() => node.Gate.InHand == 0);

        Assert.Equal(3, counts["jobs.enqueued"]);
        Assert.Equal(2, counts["jobs.processed succeeded"]);
        Assert.Equal(1, counts["jobs.processed retried"]);
        Assert.Equal(1, counts["jobs.processed dead-lettered"]);
        Assert.Equal(1, counts["jobs.retries"]);
        Assert.Equal(1, counts["jobs.dead_lettered rejected"]);
        Assert.Contains("jobs.duration succeeded", counts.Keys);
        Assert.Contains("jobs.latency", counts.Keys);

        listener.RecordObservableInstruments();
        Assert.Equal(0, counts["jobs.in_flight"]);

        void Count(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var (name, isOurs) = (instrument.Name, false);
            foreach (var (key, tag) in tags)
            {
                isOurs |= key == "queue" && Equals(tag, _queue);
                name += key is "outcome" or "reason" ? $" {tag}" : "";
            }

            if (isOurs)
            {
                counts.AddOrUpdate(name, value, (_, sum) => sum + value);
            }
        }
    }

    [Theory]
    [InlineData("status")]
    [InlineData("result")]
    [InlineData("key")]
    public async Task How_long_a_run_took_does_not_count_what_is_stored_of_it(string stored)
    {
        var durations = new ConcurrentQueue<double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, listening) =>
        {
            if (instrument is { Meter.Name: "Jobs", Name: "jobs.duration" })
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) =>
        {
            foreach (var (key, tag) in tags)
            {
                if (key == "queue" && Equals(tag, _queue))
                {
                    durations.Enqueue(value);
                    _bench.Changes.Raise();
                }
            }
        });
        listener.Start();
        var node = await _bench.StartAsync(node =>
        {
            node.Handle(_ => Task.CompletedTask).Override("test.number", job => job.Queue = _queue);
            node.Handle<OnceArgs>(_ => Task.CompletedTask).Override(OnceDefinition.JobName, job => job.Queue = _queue);
            node.Jobs.Configure(options => options.Status.Enabled = stored == "status");
        });
        await EnqueueAsync(1);
        await _bench.UntilAsync(() => durations.Count == 1);
        Assert.Equal(0, durations.Single());

        var writes = 0;
        node.Store.OnWrite = Write;
        node.Store.OnPut = _ =>
        {
            Write();
            return Task.CompletedTask;
        };
        await EnqueueAsync(2);
        await _bench.UntilAsync(() => durations.Count == 2);
        Assert.Equal(0, durations.Last());
        Assert.True(writes > 0);

        ValueTask<JobHandle> EnqueueAsync(int value) => stored == "result"
            ? _bench.EnqueueAsync(new OnceArgs(value))
            : _bench.EnqueueAsync(new NumberArgs(value), new() { Key = stored == "key" ? $"key-{value}" : null });

        void Write()
        {
            writes++;
            _bench.Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task S86_every_run_is_a_consumer_span_linked_to_the_enqueue()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Jobs",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (Equals(span.GetTagItem("messaging.destination.name"), _queue))
                {
                    spans.Enqueue(span);
                    _bench.Changes.Raise();
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        string? inside = null;
        var node = await _bench.StartAsync(node => node
            .Handle(call =>
            {
                inside = Activity.Current?.Id;
                return call.Attempt == 1 ? throw new IOException("no") : Task.CompletedTask;
            })
            .Override("test.number", job => job.Queue = _queue));
        var id = (await _bench.EnqueueAsync(new NumberArgs(1), new() { CorrelationId = "c-1" })).Id;
        await _bench.DriveUntilAsync(() => node.Probe.Settled.Count == 2, TimeSpan.FromMilliseconds(100));
        await _bench.UntilAsync(() => spans.Count == 3);

        var send = Assert.Single(spans, span => span.Kind == ActivityKind.Producer);
        Assert.Equal($"send {_queue}", send.DisplayName);
        Assert.Equal("memory", send.GetTagItem("messaging.system"));
        var runs = spans.Where(span => span.Kind == ActivityKind.Consumer).OrderBy(span => (int)span.GetTagItem("jobs.job.attempt")!).ToArray();
        Assert.Equal(2, runs.Length);
        Assert.All(runs, run =>
        {
            Assert.Equal(send.Context.SpanId, Assert.Single(run.Links).Context.SpanId);
            Assert.Equal(id.ToString(), run.GetTagItem("messaging.message.id"));
            Assert.Equal("c-1", run.GetTagItem("messaging.message.conversation_id"));
            Assert.Equal("test.number", run.GetTagItem("jobs.job.name"));
        });
        Assert.Equal((ActivityStatusCode.Error, typeof(IOException).FullName), (runs[0].Status, runs[0].GetTagItem("error.type")));
        Assert.Equal(ActivityStatusCode.Unset, runs[1].Status);
        Assert.Equal(inside, runs[1].Id);
    }
}
