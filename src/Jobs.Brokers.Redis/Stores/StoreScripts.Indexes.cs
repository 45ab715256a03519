using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Redis.Stores;

/// <content>Indexes.</content>
internal static partial class StoreScripts
{
    /// <summary>What the scripts of indexes begin with: what takes entries out of their batch, and what drops what is too much or has expired.</summary>
    /// <remarks>
    /// <para>An entry in an index names its batch: those that one script has put there with one expiry, in the order written. A batch is known by when it expires, in
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
}
