using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Redis.Stores;

/// <content>Permits.</content>
internal static partial class StoreScripts
{
    /// <summary>Takes a permit.</summary>
    /// <remarks>KEYS: permits. ARGV: owner, limit, expiry in ms. Returns 1 or 0.</remarks>
    public static readonly RedisScript Acquire = new("permit-acquire", """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
        if not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
        redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[3]), ARGV[1])
        if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
        return 1
        """);

    /// <summary>Prolongs permits.</summary>
    /// <remarks>KEYS: permits of each. ARGV: expiry in ms, owner of each. Returns 1 or 0 for each.</remarks>
    public static readonly RedisScript Renew = new("permit-renew", """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local answers = {}
        for i = 1, #KEYS do
          local ends = redis.call('ZSCORE', KEYS[i], ARGV[i + 1])
          answers[i] = ends and tonumber(ends) > now and 1 or 0
          if answers[i] == 1 then
            redis.call('ZADD', KEYS[i], string.format('%.0f', now + ARGV[1]), ARGV[i + 1])
            if redis.call('PTTL', KEYS[i]) < tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[i], ARGV[1]) end
          end
        end
        return answers
        """);

    /// <summary>Gives a permit back.</summary>
    /// <remarks>KEYS: permits. ARGV: owner. Returns 1, or 0 if it was not held.</remarks>
    public static readonly RedisScript Release = new("permit-release", """
        local time = redis.call('TIME')
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', time[1] * 1000 + math.floor(time[2] / 1000))
        return redis.call('ZREM', KEYS[1], ARGV[1])
        """);

    /// <summary>Counts who holds a permit.</summary>
    /// <remarks>KEYS: permits. Returns a number.</remarks>
    public static readonly RedisScript CountHeld = new("permit-count", """
        local time = redis.call('TIME')
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', time[1] * 1000 + math.floor(time[2] / 1000))
        return redis.call('ZCARD', KEYS[1])
        """);
}
