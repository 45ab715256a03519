using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Jobs.Brokers.Conformance.Faults;

/// <summary>A way to a server of AWS JSON over HTTP that loses, delays and falsifies answers, and counts requests.</summary>
/// <remarks>Listens on a free loopback port from the start. Safe for concurrent use.</remarks>
public sealed class HttpFaultProxy : IAsyncDisposable
{
    private static readonly HttpFault[] All = [HttpFault.DropRequest, HttpFault.DropAnswer, HttpFault.Delay, HttpFault.FailAfter, HttpFault.FailBefore, HttpFault.Throttle];

    private readonly ConcurrentDictionary<string, long> _requests = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<HttpFault, long> _faults = new();
    private readonly ConcurrentDictionary<Task, byte> _connections = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Random _random;
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });
    private readonly Task _accepting;

    /// <summary>Makes one, by which all goes well until told otherwise.</summary>
    /// <param name="target">The server. It need not run yet.</param>
    /// <param name="seed">Of the faults that <see cref="Rate"/> makes.</param>
    public HttpFaultProxy(Uri target, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(target);
        Target = target;
        _random = new Random(seed);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where requests go that get through.</summary>
    public Uri Target { get; }

    /// <summary>Where clients connect to.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Where clients send requests to.</summary>
    public Uri Url => new($"http://{EndPoint}");

    /// <summary>How many of the requests go wrong, in a way that is drawn: 0 for none, 1 for all.</summary>
    public double Rate { get; set; }

    /// <summary>Decides of a request by its action, as <c>SendMessageBatch</c>, and its number among those of the action, from 1. Null, or where it gives null: <see cref="Rate"/> does.</summary>
    public Func<string, long, HttpFault?>? Script { get; set; }

    /// <summary>How long an answer is held back at most.</summary>
    /// <value>Default 2 seconds.</value>
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How many requests there were, by action.</summary>
    public IReadOnlyDictionary<string, long> Requests => _requests;

    /// <summary>How many of them went wrong, by how.</summary>
    public IReadOnlyDictionary<HttpFault, long> Faults => _faults;

    internal HttpMessageInvoker Http => _http;

    internal CancellationToken Stopped => _stop.Token;

    /// <summary>Closes all connections and listens no more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_connections.Keys).ConfigureAwait(false);
        _http.Dispose();
        _stop.Dispose();
    }

    internal HttpFault Decide(string action)
    {
        var number = _requests.AddOrUpdate(action, 1, static (_, count) => count + 1);
        var fault = Script?.Invoke(action, number) ?? Draw();
        if (fault != HttpFault.None)
        {
            _faults.AddOrUpdate(fault, 1, static (_, count) => count + 1);
        }

        return fault;
    }

    internal TimeSpan DrawDelay()
    {
        lock (_random)
        {
            return LongestDelay * _random.NextDouble();
        }
    }

    private HttpFault Draw()
    {
        lock (_random)
        {
            return Rate > 0 && _random.NextDouble() < Rate ? All[_random.Next(All.Length)] : HttpFault.None;
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token).ConfigureAwait(false);
                var serving = Task.Run(() => new HttpFaultConnection(this, client).RunAsync());
                _connections.TryAdd(serving, 0);
                _ = serving.ContinueWith(done => _connections.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
