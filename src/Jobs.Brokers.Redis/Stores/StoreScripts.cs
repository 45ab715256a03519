using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Redis.Stores;

/// <summary>What changes a store. Each script is one step.</summary>
internal static class StoreScripts
{
    /// <summary>Writes entries, each by its condition, and moves them between indexes.</summary>
    /// <remarks>
    /// <para>KEYS: version, then the entries. ARGV: prefix of entries, prefix of indexes, then for each entry: condition (0 always, 1 absent,
    /// 2 version, 3 order; 8 more to delete), its number, expiry in ms or 0, index or empty, its capacity, value.</para>
    /// <para>An index is ordered by the time its entries expire, in ms since mid-November 2023 times 1024, plus the last digits of the version, so
    /// that what has expired is at its end and need not be looked for. Announcing a change must not fail the change.</para>
    /// <para>Returns for each entry 1 or 0, and the version that is there.</para>
    /// </remarks>
    public static readonly RedisScript Write = new("store-write", """
        local count = #KEYS - 1
        local last = redis.call('INCRBY', KEYS[1], count) - count
        local now
        local filled = {}
        local answers = {}
        for i = 1, count do
          local key, at = KEYS[i + 1], 6 * i - 3
          local kind, number, index = tonumber(ARGV[at]), ARGV[at + 1], ARGV[at + 3]
          local version, order, from = nil, '0', ''
          local head = redis.call('GETRANGE', key, 0, 1600)
          if head ~= '' then
            local length, start
            version, order, length, start = string.match(head, '^(%d+):(%d+):(%d+):()')
            if length ~= '0' then from = string.sub(head, start, start + length - 1) end
          end
          local condition = kind % 8
          if condition == 0 or (condition == 1 and not version) or (condition == 2 and version == number)
            or (condition == 3 and (not version or tonumber(order) <= tonumber(number))) then
            if kind >= 8 then
              if version then
                redis.call('DEL', key)
                if from ~= '' then redis.call('ZREM', ARGV[2] .. from, string.sub(key, #ARGV[1] + 1)) end
                redis.pcall('PUBLISH', key, '')
              end
              answers[2 * i - 1], answers[2 * i] = 1, 0
            else
              local ttl = tonumber(ARGV[at + 2])
              if condition == 3 then order = number end
              local entry = string.format('%.0f:%s:%d:%s', last + i, order, #index, index) .. ARGV[at + 5]
              if ttl > 0 then redis.call('SET', key, entry, 'PX', ARGV[at + 2]) else redis.call('SET', key, entry) end
              if index ~= from and from ~= '' then redis.call('ZREM', ARGV[2] .. from, string.sub(key, #ARGV[1] + 1)) end
              if index ~= '' then
                if not now then
                  local time = redis.call('TIME')
                  now = time[1] * 1000 + math.floor(time[2] / 1000) - 1700000000000
                end
                if ttl == 0 or ttl > 3153600000000 then ttl = 3153600000000 end
                redis.call('ZADD', ARGV[2] .. index, string.format('%.0f', (now + ttl) * 1024 + (last + i) % 1024), string.sub(key, #ARGV[1] + 1))
                local before = filled[index]
                filled[index] = { tonumber(ARGV[at + 4]), before and math.max(before[2], ttl) or ttl }
              end
              redis.pcall('PUBLISH', key, '')
              answers[2 * i - 1], answers[2 * i] = 1, last + i
            end
          else
            answers[2 * i - 1], answers[2 * i] = 0, version and tonumber(version) or 0
          end
        end
        for index, of in pairs(filled) do
          local key = ARGV[2] .. index
          if redis.call('PTTL', key) < of[2] then redis.call('PEXPIRE', key, string.format('%.0f', of[2])) end
          local excess = redis.call('ZCARD', key) - of[1]
          if excess > 0 then
            excess = excess - redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', now * 1024 + 1023))
          end
          if excess > 0 then
            local oldest = redis.call('ZRANGE', key, 0, excess - 1)
            redis.call('ZREMRANGEBYRANK', key, 0, excess - 1)
            for i = 1, #oldest do
              redis.call('DEL', ARGV[1] .. oldest[i])
              redis.pcall('PUBLISH', ARGV[1] .. oldest[i], '')
            end
          end
        end
        return answers
        """);

    /// <summary>Counts indexes, after forgetting what has expired.</summary>
    /// <remarks>KEYS: indexes. Returns a number for each.</remarks>
    public static readonly RedisScript Count = new("store-count", """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000) - 1700000000000
        local answers = {}
        for i = 1, #KEYS do
          redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', string.format('%.0f', now * 1024 + 1023))
          answers[i] = redis.call('ZCARD', KEYS[i])
        end
        return answers
        """);

    /// <summary>Reads a page of an index, what was written last first.</summary>
    /// <remarks>KEYS: index. ARGV: prefix of entries, where the page before ended or '+inf', how many. Returns where it ends, then for each key and
    /// its entry, which is null if it has just expired.</remarks>
    public static readonly RedisScript Page = new("store-page", """
        local found = redis.call('ZREVRANGEBYSCORE', KEYS[1], ARGV[2], '-inf', 'WITHSCORES', 'LIMIT', 0, ARGV[3])
        local answers = { found[#found] or '' }
        for i = 1, #found, 2 do
          answers[#answers + 1] = found[i]
          answers[#answers + 1] = redis.call('GET', ARGV[1] .. found[i])
        end
        return answers
        """);

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
