using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Redis.Stores;

/// <summary>What changes a store. Each script is one step.</summary>
internal static class StoreScripts
{
    /// <summary>What the scripts of indexes begin with: what takes entries out of their batch, and what drops what is too much or has expired.</summary>
    /// <remarks>
    /// <para>An entry in an index names its batch: those that one script has put there with one expiry. A batch is known by when it expires, in
    /// microseconds and each another, stands by that in the index, and lists its keys. So a move costs its batch a number, and the index is searched
    /// for the last of them only. A batch whose entries have left in part is looked through when it is dropped or paged.</para>
    /// <para>The server's own expiry would be one more command for each entry. So what stands in an index expires by its batch: readers go by that, and
    /// each write takes out what has expired of its own index, and one in sixteen of any other.</para>
    /// </remarks>
    private const string IndexSource = """
        local call, sub, byte, read, pack, format = redis.call, string.sub, string.byte, struct.unpack, struct.pack, string.format
        local time = call('TIME')
        local now = time[1] * 1000000 + time[2]
        local changed = {}

        local function count(counts, index, more)
          local left = call('HINCRBY', counts, index, more)
          if left <= 0 then call('HDEL', counts, index) end
          return left
        end

        local function leave(counts, batches, indexes, batch, number)
          batch = format('%d', batch)
          local was = call('GET', batches .. batch)
          if not was then return end
          local left, index = read('>I4', was) - number, sub(was, 5)
          count(counts, index, -number)
          if left > 0 then
            call('SET', batches .. batch, pack('>I4', left) .. index)
          else
            call('DEL', batches .. batch, batches .. batch .. ':k')
            call('ZREM', indexes .. index, batch)
          end
        end

        local function drop(counts, batches, indexes, index, total, capacity, most)
          local set = indexes .. index
          if total <= capacity and call('ZCOUNT', set, '-inf', format('%d', now)) == 0 then return total end
          while most > 0 do
            local batch = call('ZRANGE', set, 0, 0)[1]
            local room = batch and (tonumber(batch) <= now and total or total - capacity) or 0
            if room <= 0 then break end
            local list, gone, ends = batches .. batch .. ':k', {}, false
            local was = call('GET', batches .. batch)
            local left = was and read('>I4', was) or 0
            room = math.min(room, left, most)
            if left == call('LLEN', list) then
              if room > 0 then gone = call('LPOP', list, room) end
            else
              local name, keys, first = pack('>I8', tonumber(batch)), call('LRANGE', list, 0, -1), 1
              local found = #keys > 0 and call('MGET', unpack(keys))
              while #gone < room and first <= #keys do
                if found[first] and sub(found[first], 9, 16) == name then gone[#gone + 1] = keys[first] end
                first = first + 1
              end
              call('LTRIM', list, first - 1, -1)
              ends = first > #keys
            end
            if ends or #gone == left then
              call('DEL', batches .. batch, list)
              call('ZREM', set, batch)
              room = left
            else
              call('SET', batches .. batch, pack('>I4', left - #gone) .. index)
            end
            if #gone > 0 then
              call('DEL', unpack(gone))
              changed[#changed + 1] = gone
            end
            if room > 0 then total = count(counts, index, -room) end
            most = most - math.max(room, 1)
          end
          return total
        end

        """;

    /// <summary>What <see cref="Write"/> does, for scripts that write besides: the body of a function of KEYS and ARGV.</summary>
    public const string WriteSource = IndexSource + """
        local versions, counts, first = KEYS[1], KEYS[2], 2
        local number = #KEYS - first
        local indexes, batches, classes, chosen, kinds = ARGV[1], ARGV[2], ARGV[3], ARGV[5], tonumber(ARGV[6])
        local base = math.max(now, tonumber(call('GET', versions) or 0))
        call('SET', versions, format('%d', base + number))

        local tests, orders, dues, heads, into, adds, heard, named = {}, {}, {}, {}, {}, {}, {}, {}
        local function listens(channel)
          local listeners = redis.pcall('PUBSUB', 'NUMSUB', channel)
          return listeners.err ~= nil or listeners[2] > 0
        end

        local function announce(keys)
          local listeners = redis.pcall('PUBSUB', 'NUMSUB', unpack(keys))
          for i = 1, #keys do
            if listeners.err or listeners[2 * i] > 0 then redis.pcall('PUBLISH', keys[i], '') end
          end
        end

        for kind = 1, kinds do
          local at = 6 * kind
          local life, index, batch = tonumber(ARGV[at + 3]), ARGV[at + 4], 0
          tests[kind], orders[kind] = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
          if index ~= '' then
            batch = base + (life > 0 and life or 3153600000000) * 1000
            while named[batch] or call('EXISTS', batches .. format('%d', batch)) == 1 do batch = batch + 1 end
            named[batch] = true
            adds[kind] = {}
          elseif life > 0 then
            dues[kind] = format('%d', math.ceil(now / 1000) + life)
          end
          into[kind] = batch
          heads[kind] = pack('>I8I8I8', tests[kind] == 3 and orders[kind] or 0, batch, base)
          heard[kind] = listens(classes .. ARGV[at + 6])
        end

        -- There: the version, 0 for none; of an entry that is not newer, by order, it need not be read.
        local function holds(test, order, there, known)
          if test == 0 then return true end
          if test == 3 then return there == 0 or known.order <= order end
          return there == order and (test == 1 or there > 0)
        end

        local answer, past, sets, deletes, mine = { base }, {}, {}, {}, {}
        local last, tails = 0, 6 + 6 * kinds
        local whole = ARGV[4] == '1' and call('MGET', unpack(KEYS, first + 1, first + number))
        local kind, test, order, head, add, due
        for i = 1, number do
          local key, chose, known, there, was = KEYS[first + i], byte(chosen, i), nil, 0, nil
          if chose ~= kind then
            kind = chose
            test, order, head, add, due = tests[kind], orders[kind], heads[kind], adds[kind], dues[kind]
          end
          if whole then was = whole[i] else was = call('GETRANGE', key, 0, 25) end
          if was and was ~= '' then
            local from = sub(was, 1, 16)
            known = past[from]
            if not known then
              local placed, batch = read('>I8I8', from)
              known = { order = placed, batch = batch, left = 0, is_there = batch == 0 or batch > now }
              past[from] = known
            end
            if known.is_there and (test ~= 3 or known.order > order) then
              local before, place = read('>I8I2', was, 17)
              there = before + place
            end
          end
          if holds(test % 8, order, there, known) then
            if known then known.left = known.left + 1 end
            if test < 8 then
              local value = ARGV[tails + i]
              if test ~= 3 and there > 0 and known.order > 0 then value = pack('>I8I8I8', known.order, into[kind], base) .. value else value = head .. value end
              if due then
                call('SET', key, value, 'PXAT', due)
              else
                sets[last + 1], sets[last + 2] = key, value
                last = last + 2
              end
              if add then add[#add + 1] = key end
            elseif known then
              deletes[#deletes + 1] = key
            end
            if heard[kind] then mine[#mine + 1] = key end
          else
            answer[#answer + 1], answer[#answer + 2] = i, there
          end
        end

        if last > 0 then call('MSET', unpack(sets)) end
        if #deletes > 0 then call('DEL', unpack(deletes)) end
        for _, known in pairs(past) do
          if known.batch > 0 and known.left > 0 then leave(counts, batches, indexes, known.batch, known.left) end
        end
        for kind = 1, kinds do
          local add, batch, index = adds[kind], format('%d', into[kind]), ARGV[6 * kind + 4]
          if add and #add > 0 then
            call('ZADD', indexes .. index, batch, batch)
            call('SET', batches .. batch, pack('>I4', #add) .. index)
            call('RPUSH', batches .. batch .. ':k', unpack(add))
            drop(counts, batches, indexes, index, count(counts, index, #add), tonumber(ARGV[6 * kind + 5]), 1000)
          end
        end
        if now % 16 == 0 then
          local any = call('HRANDFIELD', counts)
          if any then drop(counts, batches, indexes, any, tonumber(call('HGET', counts, any)), math.huge, 1000) end
        end

        for _, keys in ipairs(changed) do
          local class = string.match(keys[1], '^[^:]*:', #classes + 1) or ''
          if listens(classes .. class) then announce(keys) end
        end
        if #mine > 0 then announce(mine) end
        return answer
        """;

    /// <summary>Writes entries, each by its condition, and moves them between indexes.</summary>
    /// <remarks>
    /// <para>KEYS: version, counts, then the entries, all different. ARGV: prefix of indexes, of batches, of classes (as long as that of entries),
    /// 1 if what is there is to be read whole (many small ones at once) or 0, a byte for each entry (its kind), how many kinds, for each kind the
    /// condition (0 always, 1 absent, 2 version, 3 order, 8 more to delete), its number, the expiry in ms or 0, index or empty, its capacity, the class;
    /// then of each entry what <see cref="StoredEntry"/> keeps after its head.</para>
    /// <para>A version is the microsecond of the script, or one more than the last, plus the place in the script: what the entries of a kind have in
    /// common is made once, and what is there is compared once for all that have order and batch in common, which many do. The server looks at each byte
    /// of what passes through a script: what is short is fast.</para>
    /// <para>Of what is too much in an index 1,000 go at a time. Announcing a change must not fail the change, and costs little where nobody listens:
    /// whoever does, listens at this node, and to the class of the key too.</para>
    /// <para>Returns the version before the first, then of each entry that was not written its place, from 1, and the version that is there.</para>
    /// </remarks>
    public static readonly RedisScript Write = new("store-write", WriteSource);

    /// <summary>Counts indexes, after dropping what has expired.</summary>
    /// <remarks>KEYS: counts, indexes. ARGV: prefix of indexes, of batches. Returns a number for each.</remarks>
    public static readonly RedisScript Count = new("store-count", IndexSource + """
        local answers = {}
        for i = 2, #KEYS do
          local index = sub(KEYS[i], #ARGV[1] + 1)
          answers[i - 1] = drop(KEYS[1], ARGV[2], ARGV[1], index, tonumber(call('HGET', KEYS[1], index) or 0), math.huge, math.huge)
        end
        return answers
        """);

    /// <summary>Reads a page of an index, what was written last first.</summary>
    /// <remarks>KEYS: index. ARGV: prefix of batches, the batch where the page before ended or '+inf', how many of its keys, from the last, were read, how
    /// many to read. Returns where it ends (an empty batch: at the end), then for each the key of its entry and the entry.</remarks>
    public static readonly RedisScript Page = new("store-page", """
        local call = redis.call
        local time = call('TIME')
        local now = string.format('(%d', time[1] * 1000000 + time[2])
        local at, take, looked = ARGV[2], tonumber(ARGV[4]), 0
        local answers = { '', 0 }
        while take > 0 and looked < 10000 do
          local batch = call('ZREVRANGEBYSCORE', KEYS[1], at, now, 'LIMIT', 0, 1)[1]
          if not batch then
            answers[1] = ''
            break
          end
          local read = batch == ARGV[2] and tonumber(ARGV[3]) or 0
          local keys, name = call('LRANGE', ARGV[1] .. batch .. ':k', 0, -1 - read), struct.pack('>I8', tonumber(batch))
          local entries = #keys > 0 and call('MGET', unpack(keys))
          for i = #keys, 1, -1 do
            if take == 0 then break end
            if entries[i] and string.sub(entries[i], 9, 16) == name then
              answers[#answers + 1], answers[#answers + 2] = keys[i], entries[i]
              take = take - 1
            end
            read, looked = read + 1, looked + 1
          end
          answers[1], answers[2], at = batch, read, '(' .. batch
        end
        return answers
        """);

    /// <summary>Tells the server's time.</summary>
    /// <remarks>KEYS: any of the store, which leads to its node. Returns microseconds.</remarks>
    public static readonly RedisScript Time = new("store-time", """
        local time = redis.call('TIME')
        return string.format('%d', time[1] * 1000000 + time[2])
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
