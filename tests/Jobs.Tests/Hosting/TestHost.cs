using Jobs.Brokers;
using Jobs.Definitions;
using Jobs.Hosting;
using Jobs.Stores;
using Jobs.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Jobs.Tests.Hosting;

/// <summary>A host with a stub broker, a clock that stands still, and a log that is kept.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly IHost _host;

    private TestHost(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public JobsOptions Options => Services.GetRequiredService<IOptions<JobsOptions>>().Value;

    public IJobClient Client => Services.GetRequiredService<IJobClient>();

    public StubBroker Broker => (StubBroker)Services.GetRequiredService<IJobBroker>();

    public FakeTimeProvider Time => (FakeTimeProvider)Services.GetRequiredService<TimeProvider>();

    public RecordingLoggerProvider Logs => Services.GetRequiredService<RecordingLoggerProvider>();

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>Makes a host whose configuration has the given paths and values; the broker <c>stub</c> is picked.</summary>
    public static TestHost Create(
        Action<IJobsBuilder> jobs,
        Dictionary<string, string?>? configuration = null,
        StubBroker? broker = null,
        IJobStore? store = null,
        Action<IServiceCollection>? services = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Jobs:Broker"] = "stub" });
        builder.Configuration.AddInMemoryCollection(configuration ?? []);
        builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero)));
        var logs = new RecordingLoggerProvider();
        builder.Services.AddSingleton(logs);
        builder.Logging.AddProvider(logs);
        builder.AddJobs(builder => builder.AddBroker("stub", _ => broker ?? new StubBroker()));
        if (store is not null)
        {
            builder.AddJobs(builder => builder.AddStore("stub", _ => store));
        }

        builder.AddJobs(jobs);
        services?.Invoke(builder.Services);
        return new TestHost(builder.Build());
    }

    public ValueTask<JobHandle> EnqueueAsync<TArgs>(TArgs args, EnqueueOptions? options = null)
        where TArgs : IJobArgs<TArgs> => Client.EnqueueAsync(args, options, TestContext.Current.CancellationToken);

    public ValueTask<IReadOnlyList<JobHandle>> EnqueueManyAsync<TArgs>(IEnumerable<TArgs> args, EnqueueOptions? options = null)
        where TArgs : IJobArgs<TArgs> => Client.EnqueueManyAsync(args, options, TestContext.Current.CancellationToken);

    /// <summary>Moves the clock until a task has ended, however late its timers are set.</summary>
    public async Task<T> AdvanceUntilDoneAsync<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            if (Time.NextTimerDue is not null)
            {
                Time.Advance(TimeSpan.FromMilliseconds(50));
            }

            await Task.Yield();
        }

        return await task;
    }

    public Task StartAsync() => StartForAsync(TestContext.Current.CancellationToken);

    /// <summary>Starts it for a caller who may give up.</summary>
    public Task StartForAsync(CancellationToken cancellationToken) => _host.StartAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
