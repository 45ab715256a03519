using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Scripts;
using Jobs.Brokers.Redis.Settling;

namespace Jobs.Brokers.Redis.Receiving;

/// <summary>Fetches entries: those whose lease passed, those that wait, or, waiting at the server, the next one.</summary>
/// <remarks>One fetch at a time. An outage looks like an empty queue. Nothing polls: the server wakes a waiting read.</remarks>
internal sealed partial class QueueReader(ReceiverContext context, IBlockingConnection blocking, RedisSettler settler, EntryArrived arrived) : IAsyncDisposable
{
    // More at once would not be cheaper, and leave the server idle while they are taken in.
    private const int LargestRead = 256;

    private static readonly TimeSpan PausedPeriod = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly RespReply[] _replies = new RespReply[2];
    private readonly RespCommand[] _commands = new RespCommand[2];
    private readonly ConsumerCleanup _cleanup = new(context);
    private uint _turn;

    /// <summary>Fetches at least one entry if it may wait; none once stopped.</summary>
    public async Task FetchAsync(int credit, bool wait, CancellationToken stop)
    {
        var pause = new RetryPause(FirstPause, LongestPause, context.Time);
        var isInterrupted = false;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (await TryFetchAsync(credit, wait, stop).ConfigureAwait(false) || !wait)
                {
                    return;
                }

                pause.Reset();
                isInterrupted = false;
                continue;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (RedisServerException error) when (error.Kind is RedisErrorKind.NoGroup or RedisErrorKind.Unblocked)
            {
                await RecreateGroupsAsync().ConfigureAwait(false);
            }
            catch (Exception error) when (error is RedisConnectionException || (error is RedisServerException refused && refused.Kind.Passes()))
            {
                context.Telemetry.ErrorSwallowed("receive");
                if (!isInterrupted)
                {
                    Log.ReceiveInterrupted(context.Logger, context.Keys.Queue, error.Message);
                    isInterrupted = true;
                }
            }

            if (!wait)
            {
                return;
            }

            await pause.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Reads what is there without waiting, beside a fetch that waits. An outage looks like an empty queue.</summary>
    public async ValueTask ReadNowAsync(int credit)
    {
        try
        {
            await ReadLevelsAsync(credit).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            context.Telemetry.ErrorSwallowed("receive");
            Log.ReceiveInterrupted(context.Logger, context.Keys.Queue, error.Message);
        }
    }

    public async ValueTask UnblockAsync(CancellationToken cancellationToken)
    {
        try
        {
            await blocking.UnblockAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The read ends by itself within its own time.
            context.Telemetry.ErrorSwallowed("stop");
        }
    }

    public async ValueTask PutBackAsync(int level, IReadOnlyList<EntryId> entries, CancellationToken cancellationToken)
    {
        for (var start = 0; start < entries.Count; start += 200)
        {
            var command = RespCommand.Rent(QueueScripts.PutBack, 1).Key(context.Keys.Streams[level]).Add(context.Consumer);
            for (var i = start; i < Math.Min(start + 200, entries.Count); i++)
            {
                command.AddId(entries[i].Milliseconds, entries[i].Sequence);
            }

            (await context.Client.SendAsync(command, cancellationToken).ConfigureAwait(false)).Dispose();
        }
    }

    public ValueTask DisposeAsync() => blocking.DisposeAsync();

    private async ValueTask<bool> TryFetchAsync(int credit, bool wait, CancellationToken stop)
    {
        await context.Client.WaitConnectedAsync(stop).ConfigureAwait(false);
        await LookAtServerAsync(stop).ConfigureAwait(false);
        await settler.CompleteGivenUpAsync().ConfigureAwait(false);
        if (await ReclaimAsync(credit, stop).ConfigureAwait(false) > 0)
        {
            return true;
        }

        if (context.Levels.Length > 1)
        {
            // A wait at the server cannot prefer a level, so the levels are read before it.
            if (await ReadLevelsAsync(credit).ConfigureAwait(false) > 0 || !wait)
            {
                return true;
            }

            credit = 1;
        }

        return await ReadAsync(credit, wait, stop).ConfigureAwait(false) > 0;
    }

    private async ValueTask<int> ReadAsync(int credit, bool wait, CancellationToken stop)
    {
        var read = RespCommand.Rent("XREADGROUP"u8).Add("GROUP"u8).Add(QueueKeys.Group).Add(context.Consumer).Add("COUNT"u8).Add(Math.Min(credit, LargestRead));
        if (wait)
        {
            read.Add("BLOCK"u8).Add((long)context.Leases.Block.TotalMilliseconds);
        }

        read.Add("STREAMS"u8);
        foreach (var level in context.Levels)
        {
            read.Key(context.Keys.Streams[level]);
        }

        foreach (var _ in context.Levels)
        {
            read.Add(">"u8);
        }

        // Asked right behind the read, which cannot look itself.
        (_commands[0], _commands[1]) = (read, RespCommand.Rent("EXISTS"u8).Key(context.Keys.Paused));
        var begun = context.Time.GetTimestamp();
        try
        {
            var isWhole = await AskAsync(wait ? context.Leases.Block : TimeSpan.Zero).ConfigureAwait(false);
            using var entries = _replies[0];
            using var paused = _replies[1];
            return isWhole && ReadInteger(paused) != 0 ? await WaitWhilePausedAsync(entries, wait, stop).ConfigureAwait(false) : await AddAllAsync(entries, begun).ConfigureAwait(false);
        }
        finally
        {
            _commands[0].Release();
            _commands[1].Release();
        }
    }

    // False if the connection ended between the two answers: what was handed out has arrived, and is ours.
    private async ValueTask<bool> AskAsync(TimeSpan block)
    {
        Array.Clear(_replies);
        try
        {
            await blocking.ExecuteAsync(_commands, _replies, block).ConfigureAwait(false);
            return true;
        }
        catch (RedisConnectionException) when (_replies[0].HasValue)
        {
            context.Telemetry.ErrorSwallowed("receive");
            return false;
        }
    }

    private async ValueTask<int> ReadLevelsAsync(int credit)
    {
        // One turn in four begins with the second level, one in sixteen with the last, for a quarter of the credit: none starves.
        _turn++;
        var first = _turn % 16 == 0 ? context.Levels.Length - 1 : _turn % 4 == 0 ? 1 : 0;
        var command = RespCommand.Rent(QueueScripts.Read, context.Levels.Length + (first > 0 ? 2 : 1)).Key(context.Keys.Paused);
        if (first > 0)
        {
            command.Key(context.Keys.Streams[context.Levels[first]]);
        }

        foreach (var level in context.Levels)
        {
            command.Key(context.Keys.Streams[level]);
        }

        command.Add(context.Consumer).Add(credit).Add(first > 0 ? Math.Max(1, credit / 4) : credit);
        var begun = context.Time.GetTimestamp();
        // No token: what the server hands out must arrive.
        using var reply = await context.Client.SendAsync(command, CancellationToken.None).ConfigureAwait(false);
        return await AddAllAsync(reply, begun).ConfigureAwait(false);
    }

    // Handed out although the queue is paused: nobody has seen them, so they go back as they were.
    private async ValueTask<int> WaitWhilePausedAsync(RespReply entries, bool wait, CancellationToken stop)
    {
        foreach (var level in IdsOf(entries).ToLookup(static entry => entry.Level, static entry => entry.Id))
        {
            await PutBackAsync(level.Key, [.. level], CancellationToken.None).ConfigureAwait(false);
        }

        while (wait && !stop.IsCancellationRequested)
        {
            await Task.Delay(PausedPeriod, context.Time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            using var paused = await context.Client.SendAsync(RespCommand.Rent("EXISTS"u8).Key(context.Keys.Paused), CancellationToken.None).ConfigureAwait(false);
            if (ReadInteger(paused) == 0)
            {
                break;
            }
        }

        return 0;
    }

    private async ValueTask<int> ReclaimAsync(int credit, CancellationToken stop)
    {
        if (!context.Leases.TryLook())
        {
            return 0;
        }

        await _cleanup.RunIfDueAsync(stop).ConfigureAwait(false);
        var count = 0;
        foreach (var level in context.Levels)
        {
            if (count == credit)
            {
                break;
            }

            var command = RespCommand.Rent(QueueScripts.Reclaim, 1).Key(context.Keys.Streams[level])
                .Add(context.Consumer).Add((long)context.Leases.Lease.TotalMilliseconds).Add(Math.Min(credit - count, 200));
            var begun = context.Time.GetTimestamp();
            using var reply = await context.Client.SendAsync(command, CancellationToken.None).ConfigureAwait(false);
            List<(int Level, EntryId Id)>? done = null;
            count += AddReclaimed(reply, level, begun, ref done);
            await CompleteAsync(done).ConfigureAwait(false);
        }

        if (count > 0)
        {
            Log.Reclaimed(context.Logger, context.Keys.Queue, count);
            context.Leases.LookAgain();
        }

        return count;
    }

    // A server that has just come up took its own downtime for idle time.
    private async ValueTask LookAtServerAsync(CancellationToken stop)
    {
        var reconnects = context.Client.Reconnects;
        if (!context.Leases.IsNewConnection(reconnects))
        {
            return;
        }

        using var reply = await context.Client.SendAsync(RespCommand.Rent("INFO"u8).Add("server"u8), stop).ConfigureAwait(false);
        context.Leases.Connected(reconnects, ServerInfo.Parse(reply.GetReader().ReadString()).Uptime);
    }

    private async ValueTask RecreateGroupsAsync()
    {
        try
        {
            foreach (var level in context.Levels)
            {
                if (await ConsumerGroup.TryCreateAsync(context.Client, context.Keys.Streams[level], CancellationToken.None).ConfigureAwait(false))
                {
                    context.Telemetry.ErrorSwallowed("group");
                    Log.GroupRecreated(context.Logger, context.Keys.Queue);
                }
            }
        }
        catch (IOException error)
        {
            context.Telemetry.ErrorSwallowed("receive");
            Log.ReceiveInterrupted(context.Logger, context.Keys.Queue, error.Message);
        }
    }

    private List<(int Level, EntryId Id)> IdsOf(RespReply reply)
    {
        var found = new List<(int, EntryId)>();
        var entries = new EntryReader(reply, context.Keys);
        while (entries.Read())
        {
            found.Add((entries.Level, entries.Entry));
        }

        return found;
    }

    private static long ReadInteger(RespReply reply)
    {
        var reader = reply.GetReader();
        return reader.ReadInteger();
    }
}
