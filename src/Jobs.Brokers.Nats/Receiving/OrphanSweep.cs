using Jobs.Brokers.Nats.JetStream;
using Jobs.Brokers.Nats.Protocol;
using Jobs.Telemetry;
using Jobs.Transport;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Nats.Receiving;

/// <summary>Removes what a server that was killed brings back: messages that were acknowledged, that nobody gets any more, and that count against the limits of their stream.</summary>
/// <remarks>
/// <para>1. Looks with the first connection to a server that stands alone, and after it has been started again; replicas tell each other what is gone.</para>
/// <para>2. Up to its floor a consumer has been acknowledged everything. What is above, or was stored after the server had gone, is left alone;
/// so it looks again until the floors have passed whatever was there.</para>
/// <para>3. Any number of processes may look at the same time.</para>
/// </remarks>
internal sealed class OrphanSweep : IConnectionListener, IAsyncDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly INatsClient _client;
    private readonly JetStreamClient _jetStream;
    private readonly NatsNames _names;
    private readonly Func<IEnumerable<string>> _queues;
    private readonly TimeProvider _time;
    private readonly JobsTelemetry _telemetry;
    private readonly ILogger _logger;
    private readonly WakeUp _restarted;
    private readonly Task _work;
    private string? _server;
    private long _lostAt;
    private long _storedBefore;

    /// <param name="client">The client.</param>
    /// <param name="jetStream">Likewise.</param>
    /// <param name="names">The names.</param>
    /// <param name="queues">The queues to look after.</param>
    /// <param name="time">The clock.</param>
    /// <param name="telemetry">Counts swallowed errors.</param>
    /// <param name="logger">The log.</param>
    public OrphanSweep(INatsClient client, JetStreamClient jetStream, NatsNames names, Func<IEnumerable<string>> queues, TimeProvider time, JobsTelemetry telemetry, ILogger logger)
    {
        (_client, _jetStream, _names, _queues, _time, _telemetry, _logger) = (client, jetStream, names, queues, time, telemetry, logger);
        _restarted = new WakeUp(time);
        client.AddListener(this);
        _work = Task.Run(WorkAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _client.RemoveListener(this);
        await _work.ConfigureAwait(false);
        _stop.Dispose();
    }

    void IConnectionListener.OnConnected(NatsServerInfo server)
    {
        if (_server != server.Id && server.StandsAlone)
        {
            Volatile.Write(ref _storedBefore, _server is null ? _time.GetUtcNow().UtcTicks : _lostAt);
            _restarted.Set();
        }

        _server = server.Id;
    }

    void IConnectionListener.OnDisconnected(Exception cause) => _lostAt = _time.GetUtcNow().UtcTicks;

    private async Task WorkAsync()
    {
        var pause = new RetryPause(TimeSpan.FromSeconds(1), LongestPause, _time);
        try
        {
            while (true)
            {
                var before = Volatile.Read(ref _storedBefore);
                if (before == 0)
                {
                    await _restarted.WaitAsync(Timeout.InfiniteTimeSpan, _stop.Token).ConfigureAwait(false);
                    continue;
                }

                // Consumers first have to find out where they were.
                await pause.WaitAsync(_stop.Token).ConfigureAwait(false);
                if (await TrySweepAsync(new DateTimeOffset(before, TimeSpan.Zero)).ConfigureAwait(false))
                {
                    Interlocked.CompareExchange(ref _storedBefore, 0, before);
                    pause.Reset();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The broker is being disposed.
        }
    }

    private async ValueTask<bool> TrySweepAsync(DateTimeOffset before)
    {
        try
        {
            var isDone = true;
            foreach (var queue in _queues())
            {
                for (var level = 0; level < NatsNames.Levels; level++)
                {
                    isDone &= await IsCleanAsync(_names.QueueStream(queue), NatsNames.Consumer(level), _names.QueueSubject(queue, level), before).ConfigureAwait(false);
                }
            }

            var delayed = await _jetStream.GetStreamAsync(_names.DelayStream, _names.DelaySubjects, _stop.Token).ConfigureAwait(false);
            foreach (var bucket in (delayed?.Subjects.Keys ?? []).Select(static subject => subject.Split('.')[2]).Distinct(StringComparer.Ordinal).ToArray())
            {
                isDone &= await IsCleanAsync(_names.DelayStream, NatsNames.BucketConsumer(bucket), _names.DelaySubjectsOfBucket(bucket), before).ConfigureAwait(false);
            }

            return isDone;
        }
#pragma warning disable CA1031 // A loop that ends would leave the rest of them for ever.
        catch (Exception error) when (!_stop.IsCancellationRequested)
#pragma warning restore CA1031
        {
            _telemetry.ErrorSwallowed("orphans");
            Log.SweepInterrupted(_logger, error.Message);
            return false;
        }
    }

    // True if nothing is left that was there before.
    private async ValueTask<bool> IsCleanAsync(string stream, string consumer, string subject, DateTimeOffset before)
    {
        if (await _jetStream.GetConsumerAsync(stream, consumer, _stop.Token).ConfigureAwait(false) is not { AckFloorSequence: var floor })
        {
            return true;
        }

        var removed = 0;
        var found = await _jetStream.GetMessageAsync(stream, 1, subject, _stop.Token).ConfigureAwait(false);
        while (found is not null && found.Sequence <= floor && found.Time < before)
        {
            removed += await _jetStream.DeleteMessageAsync(stream, found.Sequence, _stop.Token).ConfigureAwait(false) ? 1 : 0;
            found = await _jetStream.GetMessageAsync(stream, found.Sequence + 1, subject, _stop.Token).ConfigureAwait(false);
        }

        if (removed > 0)
        {
            Log.OrphansRemoved(_logger, removed, stream);
        }

        // Messages lie in the order of their times.
        return found is null || found.Time >= before;
    }
}
