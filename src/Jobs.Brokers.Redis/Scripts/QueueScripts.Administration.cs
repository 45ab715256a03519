using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Redis.Scripts;

/// <content>Dead letters and queues.</content>
internal static partial class QueueScripts
{
    /// <summary>Sends a dead letter back to its queue, with a new state, if it is still the one that was read.</summary>
    /// <remarks>KEYS: dead, dead index, a stream. ARGV: key, entry id, state. Returns 1, or 0 if it is gone.</remarks>
    public static readonly RedisScript Replay = new("replay", """
        if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
        local entry = redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2])[1]
        redis.call('HDEL', KEYS[2], ARGV[1])
        if not entry then return 0 end
        local document = ''
        for i = 1, #entry[2], 2 do
          if entry[2][i] == 'd' then document = entry[2][i + 1] end
        end
        redis.call('XADD', KEYS[3], '*', 'd', document, 's', ARGV[3])
        redis.call('XDEL', KEYS[1], ARGV[2])
        return 1
        """);

    /// <summary>Reads one dead letter.</summary>
    /// <remarks>KEYS: dead, dead index. ARGV: key. Returns its entry, or nothing.</remarks>
    public static readonly RedisScript FindDead = new("find-dead", """
        local id = redis.call('HGET', KEYS[2], ARGV[1])
        if not id then return {} end
        return redis.call('XRANGE', KEYS[1], id, id)
        """);

    /// <summary>Removes one dead letter.</summary>
    /// <remarks>KEYS: dead, dead index. ARGV: key. Returns how many.</remarks>
    public static readonly RedisScript DeleteDead = new("delete-dead", """
        local id = redis.call('HGET', KEYS[2], ARGV[1])
        if not id then return 0 end
        redis.call('HDEL', KEYS[2], ARGV[1])
        return redis.call('XDEL', KEYS[1], id)
        """);

    /// <summary>Removes dead letters older than a time.</summary>
    /// <remarks>KEYS: dead, dead index. ARGV: the first time to keep in ms, at most how many. Returns how many.</remarks>
    public static readonly RedisScript PurgeDead = new("purge-dead", """
        local entries = redis.call('XRANGE', KEYS[1], '-', '(' .. ARGV[1] .. '-0', 'COUNT', ARGV[2])
        for _, entry in ipairs(entries) do
          for i = 1, #entry[2], 2 do
            if entry[2][i] == 'k' then redis.call('HDEL', KEYS[2], entry[2][i + 1]) end
          end
          redis.call('XDEL', KEYS[1], entry[1])
        end
        return #entries
        """);

    /// <summary>How full a queue is.</summary>
    /// <remarks>KEYS: delayed, the three streams. Returns waiting, in hand, delayed, ms that the oldest waits.</remarks>
    public static readonly RedisScript Depth = new("depth", """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local waiting, inHand, oldest = 0, 0, now
        for i = 2, #KEYS do
          local length = redis.call('XLEN', KEYS[i])
          if length > 0 then
            local groups = redis.pcall('XINFO', 'GROUPS', KEYS[i])
            local last, pending = '0-0', 0
            for _, group in ipairs(groups) do
              local info = {}
              for j = 1, #group, 2 do info[group[j]] = group[j + 1] end
              if info['name'] == 'workers' then last, pending = info['last-delivered-id'], info['pending'] end
            end
            waiting = waiting + math.max(0, length - pending)
            inHand = inHand + pending
            local first = redis.call('XRANGE', KEYS[i], '(' .. last, '+', 'COUNT', 1)[1]
            if first then oldest = math.min(oldest, tonumber(string.match(first[1], '^%d+'))) end
          end
        end
        return { waiting, inHand, redis.call('ZCARD', KEYS[1]), now - oldest }
        """);

    /// <summary>Removes what waits in a stream and has never been handed out.</summary>
    /// <remarks>KEYS: a stream. ARGV: at most how many. Returns how many.</remarks>
    public static readonly RedisScript Purge = new("purge", """
        local last = '0-0'
        local groups = redis.pcall('XINFO', 'GROUPS', KEYS[1])
        if groups.err then return 0 end
        for _, group in ipairs(groups) do
          local info = {}
          for j = 1, #group, 2 do info[group[j]] = group[j + 1] end
          if info['name'] == 'workers' then last = info['last-delivered-id'] end
        end
        local entries = redis.call('XRANGE', KEYS[1], '(' .. last, '+', 'COUNT', ARGV[1])
        for _, entry in ipairs(entries) do redis.call('XDEL', KEYS[1], entry[1]) end
        return #entries
        """);

    /// <summary>Removes what is not yet due.</summary>
    /// <remarks>KEYS: delayed, bodies. Returns how many.</remarks>
    public static readonly RedisScript PurgeDelayed = new("purge-delayed", """
        local count = redis.call('ZCARD', KEYS[1])
        redis.call('DEL', KEYS[1], KEYS[2])
        return count
        """);
}
