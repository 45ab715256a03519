using Jobs.Brokers.Redis.Protocol;
using Jobs.Stores;

namespace Jobs.Brokers.Redis.Stores;

/// <content>Permits. All of these may be repeated, so a call whose answer was lost is.</content>
internal sealed partial class RedisStore
{
    public async ValueTask<bool> AcquireAsync(string key, string owner, int limit, TimeSpan expiry, CancellationToken cancellationToken = default)
    {
        StoreRules.CheckPermit(key, owner, expiry, limit);
        return await AskAsync(() => RespCommand.Rent(StoreScripts.Acquire, 1).KeyText(_keys.Permits(key)).Add(owner).Add(limit).Add(StoreRules.MillisecondsOf(expiry)), cancellationToken).ConfigureAwait(false) == 1;
    }

    public async ValueTask RenewAsync(ReadOnlyMemory<StorePermit> permits, TimeSpan expiry, Memory<bool> held, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(held.Length, permits.Length, nameof(held));
        foreach (var permit in permits.Span)
        {
            StoreRules.CheckPermit(permit.Key, permit.Owner, expiry);
        }

        var numbers = new long[permits.Length];
        for (var start = 0; start < permits.Length; start += MostInScript)
        {
            var part = permits.Slice(start, Math.Min(MostInScript, permits.Length - start));
            using var reply = await ReadAsync(() => RenewCommand(part.Span, expiry), cancellationToken).ConfigureAwait(false);
            ReadNumbers(reply, numbers.AsSpan(start, part.Length));
        }

        for (var i = 0; i < numbers.Length; i++)
        {
            held.Span[i] = numbers[i] == 1;
        }
    }

    public async ValueTask<bool> ReleaseAsync(string key, string owner, CancellationToken cancellationToken = default)
    {
        StoreRules.CheckPermit(key, owner);
        return await AskAsync(() => RespCommand.Rent(StoreScripts.Release, 1).KeyText(_keys.Permits(key)).Add(owner), cancellationToken).ConfigureAwait(false) == 1;
    }

    public async ValueTask<int> CountHeldAsync(string key, CancellationToken cancellationToken = default)
    {
        StoreRules.CheckKey(key);
        return (int)await AskAsync(() => RespCommand.Rent(StoreScripts.CountHeld, 1).KeyText(_keys.Permits(key)), cancellationToken).ConfigureAwait(false);
    }

    private RespCommand RenewCommand(ReadOnlySpan<StorePermit> permits, TimeSpan expiry)
    {
        var command = RespCommand.Rent(StoreScripts.Renew, permits.Length);
        foreach (ref readonly var permit in permits)
        {
            command.KeyText(_keys.Permits(permit.Key));
        }

        command.Add(StoreRules.MillisecondsOf(expiry));
        foreach (ref readonly var permit in permits)
        {
            command.Add(permit.Owner);
        }

        return command;
    }

    private async ValueTask<long> AskAsync(Func<RespCommand> command, CancellationToken cancellationToken)
    {
        using var reply = await ReadAsync(command, cancellationToken).ConfigureAwait(false);
        return reply.GetReader().ReadInteger();
    }
}
