using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Redis.Stores;

/// <summary>What changes a store. Each script is one step.</summary>
internal static class StoreScripts
{
    /// <summary>Writes entries, each by its condition, and moves them between indexes.</summary>
    /// <remarks>
    /// <para>KEYS: version, then the entries. ARGV: prefix of indexes, then for each entry: condition (0 always, 1 absent, 2 version, 3 order; 8 more
    /// to delete), its number, expiry in ms or 0, index or empty, its capacity, and what is stored after the version. A write that leaves the order as
    /// it is says 0, which is replaced by the order that is there.</para>
    /// <para>An index is ordered by the time its entries expire, in ms since mid-November 2023 times 1024, plus the last digits of the version, so
    /// that what has expired is at its end and need not be looked for; of what is too much, 1,000 go at a time. Announcing a change must not fail the
    /// change, and costs little where nobody listens: whoever does, listens at this node. Of what is there only the head is read, as long values would be
    /// copied for nothing. What an entry becomes is collected, so that each index changes once.</para>
    /// <para>Returns for each entry 1 or 0, and the version that is there.</para>
    /// </remarks>
    public static readonly RedisScript Write = new("store-write", """
        local call, match, sub = redis.call, string.match, string.sub
        local count = #KEYS - 1
        local last = call('INCRBY', KEYS[1], count) - count
        local indexes = ARGV[1]
        local now
        local was, becomes, scores, filled, changed = {}, {}, {}, {}, {}
        local answers = {}
        local at = 2
        for i = 1, count do
          local key, kind, number, index = KEYS[i + 1], ARGV[at], ARGV[at + 1], ARGV[at + 3]
          local version, order, from = nil, '0', ''
          local head = call('GETRANGE', key, 0, 127)
          if head ~= '' then
            local length, start
            version, order, length, start = match(head, '^(%d+):(%d+):(%d+):()')
            if length ~= '0' then
              local rest = start + length - 1
              if rest > #head then head = call('GETRANGE', key, 0, rest - 1) end
              from = sub(head, start, rest)
            end
          end
          local delete = #kind > 1 or kind == '8' or kind == '9'
          if delete then kind = kind == '8' and '0' or kind == '9' and '1' or kind == '10' and '2' or '3' end
          if kind == '0' or (kind == '1' and not version) or (kind == '2' and version == number)
            or (kind == '3' and (not version or tonumber(order) <= tonumber(number))) then
            local written = last + i
            if not was[key] then was[key] = from end
            if delete then
              written = 0
              if version then
                call('DEL', key)
                becomes[key] = ''
                changed[#changed + 1] = key
              end
            else
              local expiry, entry = ARGV[at + 2], ARGV[at + 5]
              if kind ~= '3' and order ~= '0' then entry = order .. sub(entry, 2) end
              entry = string.format('%d:', written) .. entry
              if expiry ~= '0' then call('SET', key, entry, 'PX', expiry) else call('SET', key, entry) end
              becomes[key] = index
              changed[#changed + 1] = key
              if index ~= '' then
                if not now then
                  local time = call('TIME')
                  now = time[1] * 1000 + math.floor(time[2] / 1000) - 1700000000000
                end
                local ttl = tonumber(expiry)
                if ttl == 0 or ttl > 3153600000000 then ttl = 3153600000000 end
                scores[key] = (now + ttl) * 1024 + written % 1024
                local of = filled[index]
                if not of then
                  filled[index] = { tonumber(ARGV[at + 4]), ttl }
                else
                  of[1] = tonumber(ARGV[at + 4])
                  if ttl > of[2] then of[2] = ttl end
                end
              end
            end
            answers[2 * i - 1], answers[2 * i] = 1, written
          else
            answers[2 * i - 1], answers[2 * i] = 0, version and tonumber(version) or 0
          end
          at = at + 6
        end

        local removes, adds = {}, {}
        for key, index in pairs(becomes) do
          local from = was[key]
          if from ~= '' and from ~= index then
            local keys = removes[from]
            if keys then keys[#keys + 1] = key else removes[from] = { key } end
          end
          if index ~= '' then
            local keys = adds[index]
            if keys then keys[#keys + 1], keys[#keys + 2] = scores[key], key else adds[index] = { scores[key], key } end
          end
        end
        for index, keys in pairs(removes) do call('ZREM', indexes .. index, unpack(keys)) end
        for index, keys in pairs(adds) do call('ZADD', indexes .. index, unpack(keys)) end

        for index, of in pairs(filled) do
          local key = indexes .. index
          if call('PTTL', key) < of[2] then call('PEXPIRE', key, string.format('%d', of[2])) end
          local excess = call('ZCARD', key) - of[1]
          if excess > 0 then
            excess = excess - call('ZREMRANGEBYSCORE', key, '-inf', now * 1024 + 1023)
          end
          if excess > 0 then
            if excess > 1000 then excess = 1000 end
            local oldest = call('ZRANGE', key, 0, excess - 1)
            call('ZREMRANGEBYRANK', key, 0, excess - 1)
            call('DEL', unpack(oldest))
            for i = 1, #oldest do changed[#changed + 1] = oldest[i] end
          end
        end

        for first = 1, #changed, 1000 do
          local listeners = redis.pcall('PUBSUB', 'NUMSUB', unpack(changed, first, math.min(first + 999, #changed)))
          for i = first, math.min(first + 999, #changed) do
            if listeners.err or listeners[2 * (i - first + 1)] > 0 then redis.pcall('PUBLISH', changed[i], '') end
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
    /// <remarks>KEYS: index. ARGV: where the page before ended or '+inf', how many. Returns where it ends, then for each the key of its entry and
    /// the entry, which is null if it has just expired.</remarks>
    public static readonly RedisScript Page = new("store-page", """
        local found = redis.call('ZREVRANGEBYSCORE', KEYS[1], ARGV[1], '-inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2])
        local answers = { found[#found] or '' }
        for i = 1, #found, 2 do
          answers[#answers + 1] = found[i]
          answers[#answers + 1] = redis.call('GET', found[i])
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
