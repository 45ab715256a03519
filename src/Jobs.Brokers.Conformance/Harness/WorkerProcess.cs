using System.Collections.Concurrent;
using Jobs.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Jobs.Brokers.Conformance.Harness;

/// <summary>A whole worker, as an application would run it, on the broker under test.</summary>
internal sealed class WorkerProcess(Bench bench) : IAsyncDisposable
{
    private const string BrokerName = "tested";

    private static readonly ProbeDefinition Definition = new();

    private IHost? _host;

    /// <summary>The runs, in the order they began: whose, and which attempt.</summary>
    public ConcurrentQueue<(JobId Id, int Attempt)> Runs { get; } = new();

    /// <summary>What a run does. By default nothing.</summary>
    public Func<CancellationToken, Task> Script { get; init; } = static _ => Task.CompletedTask;

    /// <summary>Changes settings.</summary>
    public Action<JobsOptions> Configure { get; init; } = static _ => { };

    /// <summary>Makes further jobs known.</summary>
    public Action<IJobsBuilder> Register { get; init; } = static _ => { };

    public async Task<WorkerProcess> StartAsync()
    {
        var token = TestContext.Current.CancellationToken;
        var broker = await bench.Fixture.ConnectAsync(bench.Target, token);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(bench.Fixture.Time);
        builder.AddJobs(Register);
        builder.AddJobs(jobs => jobs
            .AddBroker(BrokerName, _ => broker)
            .AddDefinition(Definition)
            .AddHandler(new ProbeHandler(Definition, RunAsync))
            .AddQueue(Bench.Queue, queue => queue.Lease = bench.Fixture.Lease)
            .AddWorker()
            .Configure(options => (options.Broker, options.Namespace) = (BrokerName, bench.Namespace))
            .Configure(Configure));
        _host = builder.Build();
        await _host.StartAsync(token);
        return this;
    }

    /// <summary>Ends it in peace.</summary>
    public async Task StopAsync()
    {
        var stopping = _host!.StopAsync(TestContext.Current.CancellationToken);
        await bench.UntilAsync(() => Task.FromResult(stopping.IsCompleted), "the worker has drained");
        await stopping;
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is null)
        {
            return;
        }

        await StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    private Task RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        Runs.Enqueue((context.Id, context.Attempt));
        return Script(cancellationToken);
    }
}
