using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Running;
using Jobs.Stores;

namespace Jobs.Brokers.Redis.Stores;

/// <content>Watches: a message says that an entry has changed, and then it is read. Expiry, which nobody announces, is awaited by a timer.</content>
internal sealed partial class RedisStore
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);
    private static readonly Action Ignore = static () => { };

    public async IAsyncEnumerable<StoreEntry?> WatchAsync(string key, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        StoreRules.CheckKey(key);
        Begin(cancellationToken);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);

        // However many messages come meanwhile, one read shows what they were about.
        var changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        var notify = () => { changes.Writer.TryWrite(true); };
        var timer = CreateTimer(notify);

        // The class first: once the server has confirmed the entry, it announces what it is told of it.
        _subscriber.Subscribe(_keys.Class(key), Ignore);
        _subscriber.Subscribe(_keys.Entry(key), notify);
        try
        {
            StoreEntry? last = null;
            for (var isFirst = true; ; isFirst = false)
            {
                if (await TryReadAsync(key, timer, ended.Token).ConfigureAwait(false) is not { } read)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield break;
                }

                if (isFirst || read.Entry?.Version != last?.Version)
                {
                    last = read.Entry;
                    yield return last;
                }

                if (!await TryWaitAsync(changes.Reader, ended.Token).ConfigureAwait(false))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield break;
                }
            }
        }
        finally
        {
            _subscriber.Unsubscribe(_keys.Entry(key), notify);
            _subscriber.Unsubscribe(_keys.Class(key), Ignore);
            await timer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private ITimer CreateTimer(Action notify)
    {
        using (CleanContext.Enter())
        {
            return _time.CreateTimer(static notify => ((Action)notify!)(), notify, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    // Null once the watch has ended.
    private async ValueTask<(StoreEntry? Entry, bool _)?> TryReadAsync(string key, ITimer timer, CancellationToken ended)
    {
        try
        {
            var (stored, now) = await FindAsync(key, ended).ConfigureAwait(false);
            var left = (stored?.ExpiresAt - now) / 1_000;
            if (stored is { ExpiresAt: 0 })
            {
                using var reply = await ReadAsync(() => RespCommand.Rent("PTTL"u8).KeyText(_keys.Entry(key)), ended).ConfigureAwait(false);
                left = reply.GetReader().ReadInteger();
            }

            timer.Change(SleepOf(left), Timeout.InfiniteTimeSpan);
            return (stored?.Entry, true);
        }
        catch (Exception) when (ended.IsCancellationRequested)
        {
            return null;
        }
    }

    // PTTL says -1 of an entry that does not expire, and -2 of none: one that was there a moment ago has expired in between.
    private static TimeSpan SleepOf(long? left) => left switch
    {
        null => Timeout.InfiniteTimeSpan,
        -1 => LongestSleep,
        < 0 => TimeSpan.FromMilliseconds(1),
        { } milliseconds => TimeSpan.FromMilliseconds(Math.Min(milliseconds + 1, LongestSleep.TotalMilliseconds)),
    };

    private static async ValueTask<bool> TryWaitAsync(ChannelReader<bool> changes, CancellationToken ended)
    {
        try
        {
            return await changes.ReadAsync(ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
