using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Redis.Stores;

/// <summary>What changes a store. Each script is one step.</summary>
internal static class StoreScripts
{
    /// <summary>What <see cref="Write"/> does, for scripts that write besides: the body of a function of KEYS and ARGV.</summary>
    public const string WriteSource = """
        local call, sub, byte, read, format = redis.call, string.sub, string.byte, struct.unpack, string.format
        local count = #KEYS - 1
        local indexes, classes, conditions, kinds = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
        local time = call('TIME')
        local now = time[1] * 1000000 + time[2]
        local base = math.max(now, tonumber(call('GET', KEYS[1]) or 0))
        call('SET', KEYS[1], format('%d', base + count))

        local heads, dues, lives = {}, {}, {}
        for kind = 1, kinds do
          local life, due = tonumber(ARGV[2 + 3 * kind]), 0
          if life > 0 then
            due = math.ceil(now / 1000) + life
            dues[kind] = format('%d', due)
          end
          heads[kind] = struct.pack('>I8I8', base, due)
          lives[kind] = life > 0 and life < 3153600000000 and life or 3153600000000
        end

        local answer, changed, seen = { base }, {}, {}
        local removes, adds = {}, {}

        local function move()
          for index, keys in pairs(removes) do call('ZREM', indexes .. index, unpack(keys)) end
          for kind = 1, kinds do
            if adds[kind] then
              local index, life = indexes .. ARGV[3 + 3 * kind], lives[kind]
              call('ZADD', index, unpack(adds[kind]))
              if call('PTTL', index) < life then call('PEXPIRE', index, format('%d', life)) end
              local excess = call('ZCARD', index) - tonumber(ARGV[4 + 3 * kind])
              if excess > 0 then excess = excess - call('ZREMRANGEBYSCORE', index, '-inf', format('%d', now)) end
              if excess > 0 then
                local oldest = call('ZRANGE', index, 0, math.min(excess, 1000) - 1)
                call('ZREMRANGEBYRANK', index, 0, #oldest - 1)
                call('DEL', unpack(oldest))
                for i = 1, #oldest do changed[#changed + 1] = oldest[i] end
              end
            end
          end
          removes, adds, seen = {}, {}, {}
        end

        for i = 1, count do
          local key, tail = KEYS[i + 1], ARGV[4 + 3 * kinds + i]
          local condition, kind = byte(conditions, 2 * i - 1, 2 * i)
          local index, due = ARGV[3 + 3 * kind], dues[kind]
          local written, there, from = true, 0, ''
          if seen[key] then move() end
          seen[key] = true
          if condition == 3 and #tail < 8192 then
            local was
            if due then was = call('SET', key, heads[kind] .. tail, 'PXAT', due, 'GET') else was = call('SET', key, heads[kind] .. tail, 'GET') end
            if was then
              local order
              order, from = read('>I8I2c0', was, 19)
              if order > read('>I8', tail, 3) then
                local before, expires, place = read('>I8I8I2', was)
                written, there = false, before + place
                if expires > 0 then call('SET', key, was, 'PXAT', format('%d', expires)) else call('SET', key, was) end
              end
            end
          else
            local number, order = read('>I8', tail, 3), 0
            local was = call('GETRANGE', key, 0, 255)
            local exists = was ~= ''
            if exists then
              local before, expires, place, size
              before, expires, place, order, size = read('>I8I8I2I8I2', was)
              there = before + place
              if size > 0 then
                if 28 + size > #was then was = call('GETRANGE', key, 0, 27 + size) end
                from = sub(was, 29, 28 + size)
              end
            end
            local test = condition % 8
            written = test == 0 or (test == 1 and not exists) or (test == 2 and exists and there == number) or (test == 3 and (not exists or order <= number))
            if written and condition >= 8 then
              index = ''
              if exists then call('DEL', key) end
            elseif written then
              if exists and test ~= 3 then tail = sub(tail, 1, 2) .. sub(was, 19, 26) .. sub(tail, 11) end
              if due then call('SET', key, heads[kind] .. tail, 'PXAT', due) else call('SET', key, heads[kind] .. tail) end
            end
          end
          if written then
            changed[#changed + 1] = key
            if from ~= '' and from ~= index then
              local keys = removes[from]
              if keys then keys[#keys + 1] = key else removes[from] = { key } end
            end
            if index ~= '' then
              local keys = adds[kind]
              if not keys then
                keys = {}
                adds[kind] = keys
              end
              local last = #keys
              keys[last + 1], keys[last + 2] = format('%d', base + i + lives[kind] * 1000), key
            end
          else
            answer[#answer + 1], answer[#answer + 2] = i, there
          end
        end
        move()

        local start, class, last = #classes + 1, nil, 0
        local listens, heard = {}, {}
        for i = 1, #changed do
          local key = changed[i]
          if not class or sub(key, start, last) ~= class then
            class = string.match(key, '^[^:]*:', start) or ''
            last = class == '' and -1 or start + #class - 1
            if listens[class] == nil then
              local listeners = redis.pcall('PUBSUB', 'NUMSUB', classes .. class)
              listens[class] = listeners.err ~= nil or listeners[2] > 0
            end
          end
          if listens[class] then heard[#heard + 1] = key end
        end
        for first = 1, #heard, 1000 do
          local final = math.min(first + 999, #heard)
          local listeners = redis.pcall('PUBSUB', 'NUMSUB', unpack(heard, first, final))
          for i = first, final do
            if listeners.err or listeners[2 * (i - first + 1)] > 0 then redis.pcall('PUBLISH', heard[i], '') end
          end
        end
        return answer
        """;

    /// <summary>Writes entries, each by its condition, and moves them between indexes.</summary>
    /// <remarks>
    /// <para>KEYS: version, then the entries. ARGV: prefix of indexes, prefix of classes (as long as that of entries), two bytes for each entry (the
    /// condition: 0 always, 1 absent, 2 version, 3 order, 8 more to delete; its kind), how many kinds, for each kind the expiry in ms or 0, index or
    /// empty, its capacity; then of each entry what <see cref="StoredEntry"/> keeps after its head, with the number of the condition as its order.</para>
    /// <para>A version is the microsecond of the script, or one more than the last, plus the place in the script: what the entries of a script have in
    /// common is made once. An entry that is fenced by its order, which all records of jobs are, is written first and put back, with its expiry, if what
    /// it replaced is newer: one command instead of two. Not so a long one, as what it replaced would be copied for nothing.</para>
    /// <para>An index is ordered by the time its entries expire, in microseconds and each another, so that what has expired is at its end and need not be
    /// looked for; of what is too much, 1,000 go at a time. It changes once, unless a key comes twice. Announcing a change must not fail the change,
    /// and costs little where nobody listens: whoever does, listens at this node, and to the class of the key too.</para>
    /// <para>Returns the version before the first, then of each entry that was not written its place, from 1, and the version that is there.</para>
    /// </remarks>
    public static readonly RedisScript Write = new("store-write", WriteSource);

    /// <summary>Counts indexes, after forgetting what has expired.</summary>
    /// <remarks>KEYS: indexes. Returns a number for each.</remarks>
    public static readonly RedisScript Count = new("store-count", """
        local time = redis.call('TIME')
        local now = string.format('%d', time[1] * 1000000 + time[2])
        local answers = {}
        for i = 1, #KEYS do
          redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now)
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
