using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Jobs.Brokers;
using Jobs.Memory;
using Jobs.Serialization.Tests.Payloads;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Jobs.Aot.Running;

/// <summary>Every kind of job runs and answers, over the default broker, which passes immutable args by value.</summary>
internal static class RunChecks
{
    public static async Task RunAsync(Canary canary)
    {
        using var host = await CanaryHost.StartAsync(CanaryHost.CreateBuilder(), jobs => jobs.AddMiddleware<NamingMiddleware>());
        var jobs = host.Services.GetRequiredService<IJobClient>();
        var ledger = host.Services.GetRequiredService<ILedger>();

        await canary.CheckAsync("a synchronous job returns its result", async () =>
            Expect.Equal(42, await (await jobs.PlainJobs.Add(2)).ResultAsync()));

        await canary.CheckAsync("an asynchronous job returns null", async () =>
        {
            Expect.Equal("a+b", await (await jobs.PlainJobs.Join(["a", "b"])).ResultAsync());
            Expect.Equal(null, await (await jobs.PlainJobs.Join([])).ResultAsync());
        });

        await canary.CheckAsync("an instance gets services from its constructor and its parameters, with keys, and is disposed", async () =>
        {
            var client = host.Services.GetRequiredService<InstanceJobsClient>();
            Expect.Equal("HELLO ada, hello ada, True", await (await client.Greet("ada")).ResultAsync());
            Expect.Equal("yes", await ledger.ReadAsync("disposed"));
        });

        await canary.CheckAsync("a registered class is taken from the scope", async () =>
            Expect.True(await (await jobs.RegisteredJobs.Run("text")).ResultAsync(), "the result is true"));

        await canary.CheckAsync("context, middleware, headers, tenant and priority reach the job", async () =>
        {
            var options = new EnqueueOptions { Tenant = "t1", CorrelationId = "c1", Headers = new Dictionary<string, string> { ["flavour"] = "mint" } };
            Expect.Equal(
                "instance.describe described 1/5 t1 c1 mint around instance.describe True",
                await (await jobs.InstanceJobs.Describe(options)).ResultAsync());
        });

        await canary.CheckAsync("a result of a generic record is read back", async () =>
        {
            var page = await (await jobs.InstanceJobs.Page(new([new(1, 2), new(3, 4)], new(5, 6)))).ResultAsync();
            Expect.Equal("2 items", page.Next);
            Expect.Equal(new Point(3, 4), page.Items[1]);
        });

        await canary.CheckAsync("a job that fails halfway goes on from its checkpoint", async () =>
            Expect.Equal("resumed at 3 after 1 in attempt 2", await (await jobs.CheckpointJobs.Import(5)).ResultAsync()));

        await canary.CheckAsync("a contract's job runs in its handler", async () =>
            Expect.Equal(5, await (await jobs.ContractJobs.Count("inbox")).ResultAsync()));

        await canary.CheckAsync("a job enqueues a child, which has an id of its parent", async () =>
        {
            var parent = await jobs.InstanceJobs.Parent("hello");
            Expect.Equal($"hello {parent.Id} {parent.Id.Child(1)}", await ledger.ReadAsync("child"));
        });

        await canary.CheckAsync("a batch fails one item, which comes back alone", async () =>
        {
            await jobs.EnqueueManyAsync([new BatchJobsClient.IngestArgs(new("a")), new(new("bad", 2)), new(new("c"))]);
            Expect.Equal("a=1 bad=2 c=1 | bad=2", await ledger.ReadAsync("batches"));
        });

        await canary.CheckAsync("messages of older versions run, under a former name too", async () =>
        {
            var broker = (MemoryBroker)host.Services.GetRequiredService<IJobBroker>();
            broker.SendRaw("default", """{"specversion":"1.0","id":"v1","source":"/","type":"versioned.write","jobversion":1,"data":{"key":"v1","words":["so","old"]}}"""u8.ToArray());
            broker.SendRaw("default", """{"specversion":"1.0","id":"v2","source":"/","type":"versioned.note","jobversion":2,"data":{"key":"v2","text":"older"}}"""u8.ToArray());
            Expect.Equal("so old 1", await ledger.ReadAsync("v1"));
            Expect.Equal("older 1", await ledger.ReadAsync("v2"));
        });

        await canary.CheckAsync("meters and spans are seen by listeners", () => ListenAsync(jobs));
        await host.StopAsync();
    }

    private static async Task ListenAsync(IJobClient jobs)
    {
        var seen = new ConcurrentDictionary<string, bool>();
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Jobs")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<long>((instrument, _, _, _) => seen[instrument.Name] = true);
        meters.Start();
        using var spans = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Jobs",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = activity => seen[activity.Kind.ToString()] = true,
        };
        ActivitySource.AddActivityListener(spans);

        await (await jobs.PlainJobs.Add(1)).ResultAsync();

        Expect.Equal("Consumer Producer jobs.enqueued", string.Join(' ', seen.Keys.Where(key => key is "Consumer" or "Producer" or "jobs.enqueued").Order(StringComparer.Ordinal)));
    }
}
