using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Jobs.Brokers;
using Jobs.Telemetry;
using Jobs.Tests.Definitions;
using Jobs.Tests.Hosting;
using Jobs.Tests.Scenarios;
using Microsoft.Extensions.DependencyInjection;

namespace Jobs.Tests.Telemetry;

/// <summary>Run alone: a listener is one for the whole process.</summary>
[Collection(nameof(Alone))]
public sealed class TelemetryTests
{
    [Fact]
    public async Task Accepted_jobs_are_counted_by_job_and_queue()
    {
        await using var host = TestHost.Create(jobs => jobs.AddDefinition(NumberArgs.Definition).AddQueue("bulk"));
        var counted = new List<(long, string)>();
        using var listener = Listen(host.Get<JobsTelemetry>(), "jobs.enqueued", (value, tags) => counted.Add((value, tags)));

        await host.EnqueueAsync(new NumberArgs(1));
        await host.EnqueueManyAsync([new NumberArgs(1), new NumberArgs(2)], new() { Queue = "bulk" });
        host.Broker.Answer = _ => new SendResult(SendStatus.Failed);
        await Assert.ThrowsAsync<JobEnqueueException>(async () => await host.EnqueueAsync(new NumberArgs(1)));

        Assert.Equal([(1, "job=test.number queue=default"), (2, "job=test.number queue=bulk")], counted);
    }

    [Fact]
    public void Every_measurement_has_its_name_and_tags()
    {
        using var telemetry = new JobsTelemetry();
        var measured = new List<string>();
        using var listener = Listen(telemetry, null, (_, _) => { }, (name, value, tags) => measured.Add($"{name} {value} {tags}"));
        telemetry.ObserveWorker(() => [new(3, new KeyValuePair<string, object?>("queue", "q"))], () => 2, () => 14);

        telemetry.Processed("j", "q", Outcomes.Succeeded, TimeSpan.FromSeconds(2));
        telemetry.Started("j", "q", TimeSpan.FromSeconds(0.5));
        telemetry.Retried("j", "q");
        telemetry.DeadLettered("j", "q", "poison");
        telemetry.LeaseLost("j", "q");
        telemetry.ErrorSwallowed("settle");
        telemetry.QueueSampled("q", 5, TimeSpan.FromSeconds(7), 1);
        listener.RecordObservableInstruments();

        Assert.Equal(
            [
                "jobs.processed 1 job=j queue=q outcome=succeeded",
                "jobs.duration 2 job=j queue=q outcome=succeeded",
                "jobs.latency 0.5 job=j queue=q",
                "jobs.retries 1 job=j queue=q",
                "jobs.dead_lettered 1 job=j queue=q reason=poison",
                "jobs.lease.lost 1 job=j queue=q",
                "jobs.errors.swallowed 1 area=settle",
                "jobs.queue.depth 5 queue=q",
                "jobs.queue.age 7 queue=q",
                "jobs.dead_letters 1 queue=q",
                "jobs.in_flight 3 queue=q",
                "jobs.workers.active 2 ",
                "jobs.workers.idle 14 ",
            ],
            measured);
    }

    [Fact]
    public async Task Jobs_that_nobody_knows_are_counted_under_one_name()
    {
        await using var bench = new Bench();
        var node = await bench.StartAsync(static node => node.Handle(static _ => Task.CompletedTask));
        var counted = new ConcurrentQueue<string>();
        using var listener = Listen(node.Services.GetRequiredService<JobsTelemetry>(), "jobs.processed", (_, tags) => counted.Enqueue(tags));

        bench.Broker.SendRaw(Bench.Queue, """{"specversion":"1.0","id":"x-1","source":"/other","type":"test.never","data":{}}"""u8.ToArray());
        bench.Broker.SendRaw(Bench.Queue, "no document"u8.ToArray());
        await bench.EnqueueAsync(new NumberArgs(1));
        await bench.UntilAsync(() => counted.Count == 3);

        Assert.Equal(["_OTHER", "_OTHER", "test.number"], counted.Select(static tags => tags.Split(' ')[0]["job=".Length..]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task S61_dead_letters_that_the_memory_broker_removed_are_counted()
    {
        await using var host = TestHost.Create(
            jobs => jobs.AddDefinition(NumberArgs.Definition),
            new() { ["Jobs:Broker"] = "memory", ["Jobs:Memory:MaxDeadLetters"] = "1" });
        var evicted = new List<long>();
        using var listener = Listen(host.Get<JobsTelemetry>(), "jobs.dead_letters.evicted", (value, _) => evicted.Add(value));
        await host.EnqueueManyAsync([new NumberArgs(1), new NumberArgs(2), new NumberArgs(3)]);
        await using var receiver = await host.Get<IJobBroker>().OpenReceiverAsync(
            "default", new ReceiverOptions { Lease = TimeSpan.FromSeconds(30), Worker = "w", MaxInFlight = 3 }, TestContext.Current.CancellationToken);
        var deliveries = new JobDelivery[3];
        Assert.Equal(3, await receiver.ReceiveAsync(deliveries, wait: false, TestContext.Current.CancellationToken));
        await receiver.SettleAsync(
            Array.ConvertAll(deliveries, static delivery => new Settlement { Delivery = delivery, Kind = SettleKind.DeadLetter, Reason = "rejected" }),
            new SettleResult[3],
            TestContext.Current.CancellationToken);

        listener.RecordObservableInstruments();

        Assert.Equal([2], evicted);
    }

    [Fact]
    public async Task The_span_of_an_enqueue_goes_with_the_message_and_the_run_links_to_it()
    {
        var spans = new List<Activity>();
        using var root = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        using var listener = Listen(root, spans);
        await using var host = TestHost.Create(jobs => jobs.AddDefinition(NumberArgs.Definition));

        var handle = await host.EnqueueAsync(new NumberArgs(1), new() { CorrelationId = "c" });
        Assert.Same(root, Activity.Current);
        var message = host.Broker.Sent[0];
        Activity.Current = null;
        var run = JobSpans.StartRun(message, "default", "stub");
        Assert.NotNull(run);
        JobSpans.EndRun(run, Outcomes.Retried, new IOException("boom"));

        var send = Assert.Single(spans, span => span.Kind == ActivityKind.Producer);
        Assert.Equal(("send default", root.SpanId), (send.DisplayName, send.ParentSpanId));
        Assert.Equal(send.Id, message.Attributes.TraceParent);
        Assert.Equal(("stub", "default", "test.number", handle.ToString()), (send.GetTagItem("messaging.system"), send.GetTagItem("messaging.destination.name"), send.GetTagItem("jobs.job.name"), send.GetTagItem("messaging.message.id")));
        Assert.Equal((ActivityKind.Consumer, "process default"), (run.Kind, run.DisplayName));
        Assert.Equal(send.Context.SpanId, Assert.Single(run.Links).Context.SpanId);
        Assert.Equal(("c", 1, "System.IO.IOException", "retried"), (run.GetTagItem("messaging.message.conversation_id"), run.GetTagItem("jobs.job.attempt"), run.GetTagItem("error.type"), run.GetTagItem("outcome")));
        Assert.Equal(ActivityStatusCode.Error, run.Status);
    }

    [Fact]
    public async Task A_refused_job_fails_its_span()
    {
        var spans = new List<Activity>();
        using var root = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        using var listener = Listen(root, spans);
        await using var host = TestHost.Create(jobs => jobs.AddDefinition(NumberArgs.Definition), broker: new StubBroker { Answer = _ => new SendResult(SendStatus.QueueFull) });

        await Assert.ThrowsAsync<JobEnqueueException>(async () => await host.EnqueueAsync(new NumberArgs(1)));

        Assert.Equal(ActivityStatusCode.Error, Assert.Single(spans).Status);
    }

    [Fact]
    public async Task Without_a_listener_the_callers_trace_still_goes_on()
    {
        using var root = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        await using var host = TestHost.Create(jobs => jobs.AddDefinition(NumberArgs.Definition));

        await host.EnqueueAsync(new NumberArgs(1));

        Assert.Equal(root.Id, host.Broker.Sent[0].Attributes.TraceParent);
    }

    // Listens for the spans of one trace, and those linked to it: other tests run at the same time.
    private static ActivityListener Listen(Activity root, List<Activity> spans)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Jobs",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (span.TraceId == root.TraceId)
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static MeterListener Listen(JobsTelemetry telemetry, string? instrument, Action<long, string> measured, Action<string, object, string>? all = null)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (published, listener) =>
            {
                if (telemetry.Owns(published.Meter) && (instrument is null || published.Name == instrument))
                {
                    listener.EnableMeasurementEvents(published);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((source, value, tags, _) =>
        {
            measured(value, Text(tags));
            all?.Invoke(source.Name, value, Text(tags));
        });
        listener.SetMeasurementEventCallback<double>((source, value, tags, _) => all?.Invoke(source.Name, value, Text(tags)));
        listener.Start();
        return listener;

        static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
    }
}
