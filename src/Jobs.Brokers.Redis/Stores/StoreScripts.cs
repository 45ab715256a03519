using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Redis.Stores;

/// <summary>What changes a store. Each script is one step.</summary>
internal static partial class StoreScripts
{
    /// <summary>Whether a condition holds, for scripts: by its number, what it asks for, the version that is there (0: none) and its order.</summary>
    public const string HoldsSource = """
        local function holds(condition, number, there, order)
          if condition == 0 then return true end
          if condition == 3 then return there == 0 or order <= number end
          return there == number and (condition == 1 or there > 0)
        end

        """;

    /// <summary>What <see cref="Write"/> does, for scripts that write besides: the body of a function of KEYS and ARGV.</summary>
    public const string WriteSource = IndexSource + HoldsSource + """
        local versions, counts, first = KEYS[1], KEYS[2], 2
        local number = #KEYS - first
        local indexes, batches, classes, chosen, kinds = ARGV[1], ARGV[2], ARGV[3], ARGV[5], tonumber(ARGV[6])
        local base = math.max(now, tonumber(call('GET', versions) or 0))
        call('SET', versions, format('%d', base + number))

        local tests, orders, dues, heads, adds, heard = {}, {}, {}, {}, {}, {}
        local places, named = {}, {}
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
            local name = life .. index
            if not places[name] then
              batch = base + (life > 0 and life or 3153600000000) * 1000
              while named[batch] or call('EXISTS', batches .. format('%d', batch)) == 1 do batch = batch + 1 end
              named[batch] = true
              places[name] = { batch = batch, index = index, capacity = tonumber(ARGV[at + 5]) }
            end
            adds[kind] = places[name]
            batch = places[name].batch
          elseif life > 0 then
            dues[kind] = format('%d', math.ceil(now / 1000) + life)
          end
          heads[kind] = pack('>I8I8I8', tests[kind] == 3 and orders[kind] or 0, batch, base)
          heard[kind] = listens(classes .. ARGV[at + 6])
        end

        local answer, past, sets, deletes, mine = { base }, {}, {}, {}, {}
        local last, tails = 0, 6 + 6 * kinds
        local whole = ARGV[4] == '1' and call('MGET', unpack(KEYS, first + 1, first + number))
        local kind, test, order, head, add, due
        for i = 1, number do
          local key, chose, known, there, was = KEYS[first + i], byte(chosen, i) + 1, nil, 0, nil
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
            -- Of one that is not newer, by order, the version need not be read.
            if known.is_there and (test ~= 3 or known.order > order) then
              local before, place = read('>I8I2', was, 17)
              there = before + place
            end
          end
          if holds(test % 8, order, there, known and known.order) then
            if known then known.left = known.left + 1 end
            if test < 8 then
              local value = ARGV[tails + i]
              if test ~= 3 and there > 0 and known.order > 0 then value = pack('>I8I8I8', known.order, add and add.batch or 0, base) .. value else value = head .. value end
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
        for _, place in pairs(places) do
          if #place > 0 then
            local batch, index = format('%d', place.batch), place.index
            call('ZADD', indexes .. index, batch, batch)
            call('SET', batches .. batch, pack('>I4', #place) .. index)
            call('RPUSH', batches .. batch .. ':k', unpack(place))
            drop(counts, batches, indexes, index, count(counts, index, #place), place.capacity, 1000)
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
    /// 1 if what is there is to be read whole (many small ones at once) or 0, a byte for each entry (its kind, from 0), how many kinds, for each kind the
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

    /// <summary>Tells the server's time.</summary>
    /// <remarks>KEYS: any of the store, which leads to its node. Returns microseconds.</remarks>
    public static readonly RedisScript Time = new("store-time", """
        local time = redis.call('TIME')
        return string.format('%d', time[1] * 1000000 + time[2])
        """);
}
