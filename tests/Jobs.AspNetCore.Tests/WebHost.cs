using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Jobs.Brokers;
using Jobs.Hosting;
using Jobs.Monitoring;
using Jobs.Testing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jobs.AspNetCore.Tests;

/// <summary>A web application with jobs, on a free loopback port; Jobs' clock stands still unless a test waits for something.</summary>
internal sealed class WebHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;
    private readonly Log _log = new();

    private WebHost(Action<WebApplication> map, Action<JobsOptions>? configure, Action<IServiceCollection>? services)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(_log);
        builder.Services.AddSingleton<TimeProvider>(Clock).AddSingleton(Gate);
        builder.Services.AddAuthentication(HeaderAuthentication.Name).AddScheme<AuthenticationSchemeOptions, HeaderAuthentication>(HeaderAuthentication.Name, null);
        builder.Services.AddAuthorizationBuilder().AddPolicy("staff", static policy => policy.RequireUserName("staff"));
        builder.AddJobs(jobs => jobs.AddTestsJobs().AddWorker().Configure(options =>
        {
            options.Status.Enabled = true;
            options.Worker.DrainTimeout = TimeSpan.FromSeconds(1);
            configure?.Invoke(options);
        }));
        var monitor = builder.Services.Last(static service => service.ServiceType == typeof(IJobMonitor)).ImplementationType!;
        builder.Services.AddSingleton(services => new CountingMonitor((IJobMonitor)ActivatorUtilities.CreateInstance(services, monitor)));
        builder.Services.AddSingleton<IJobMonitor>(static services => services.GetRequiredService<CountingMonitor>());
        builder.Services.AddSingleton(static services => new AnsweringSender(services.GetRequiredService<IJobBroker>()));
        builder.Services.AddSingleton<IJobSender>(static services => services.GetRequiredService<AnsweringSender>());
        services?.Invoke(builder.Services);
        _app = builder.Build();
        map(_app);
    }

    public FakeTimeProvider Clock { get; } = new();

    public Gate Gate { get; } = new();

    public HttpClient Http { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    public CountingMonitor Monitor => Services.GetRequiredService<CountingMonitor>();

    public AnsweringSender Sender => Services.GetRequiredService<AnsweringSender>();

    public IReadOnlyList<string> Errors => _log.Errors;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts an application whose endpoints are open to everybody.</summary>
    public static Task<WebHost> StartOpenAsync(Action<JobEndpointOptions>? configure = null) => StartAsync(app =>
        app.MapJobs("/jobs", options =>
        {
            options.Allow("web.add", "web.order", "WEB.HOLD", "web.fail");
            configure?.Invoke(options);
        }).AllowAnonymous());

    public static async Task<WebHost> StartAsync(Action<WebApplication> map, Action<JobsOptions>? configure = null, Action<IServiceCollection>? services = null)
    {
        var host = new WebHost(map, configure, services);
        await host._app.StartAsync(Token);
        host.Http = new HttpClient { BaseAddress = new Uri(host._app.Urls.Single()), Timeout = Patience };
        return host;
    }

    /// <summary>Enqueues a job by name.</summary>
    public Task<HttpResponseMessage> PostAsync(string name, string json, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/jobs/{name}") { Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        foreach (var (header, value) in headers)
        {
            request.Headers.Add(header, value);
        }

        return Http.SendAsync(request, Token);
    }

    /// <summary>Enqueues a job that is accepted.</summary>
    /// <returns>Its path.</returns>
    public async Task<string> AcceptAsync(string name, string json)
    {
        using var response = await PostAsync(name, json);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, response.StatusCode);
        return response.Headers.Location!.OriginalString;
    }

    public Task<HttpResponseMessage> GetAsync(string path) => Http.GetAsync(path, Token);

    /// <summary>Waits until a job's state is as said; the clock goes on meanwhile.</summary>
    public async Task<JsonElement> UntilAsync(string path, string state)
    {
        JsonElement found = default;
        await UntilAsync(async () => (found = await ReadAsync(await GetAsync(path))).GetProperty("state").GetString() == state);
        return found;
    }

    public async Task UntilAsync(Func<Task<bool>> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException($"Never true. {string.Join(" ", Errors)}");
            }

            Clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Token);
        }
    }

    /// <summary>Waits for a task; the clock goes on meanwhile.</summary>
    public async Task<T> DriveAsync<T>(Task<T> task)
    {
        await UntilAsync(() => Task.FromResult(task.IsCompleted));
        return await task;
    }

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(Token));
            return json.RootElement.Clone();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Gate.Open();
        Http.Dispose();
        await DriveAsync(StopAsync());
        await _app.DisposeAsync();

        async Task<bool> StopAsync()
        {
            await _app.StopAsync(CancellationToken.None);
            return true;
        }
    }

    private sealed class Log : ILoggerProvider, ILogger
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _errors = new();

        public IReadOnlyList<string> Errors => [.. _errors];

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        IDisposable? ILogger.BeginScope<TState>(TState state) => null;

        bool ILogger.IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error)
            {
                _errors.Enqueue($"{formatter(state, exception)} {exception}");
            }
        }
    }
}
