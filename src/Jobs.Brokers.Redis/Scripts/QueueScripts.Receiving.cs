using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Redis.Scripts;

/// <content>Out of the queue.</content>
internal static partial class QueueScripts
{
    /// <summary>Reads several levels without waiting, in the order of the keys.</summary>
    /// <remarks>KEYS: paused, streams. ARGV: consumer, how many in all, how many of the first. Returns for each stream its entries, as XREADGROUP does.</remarks>
    public static readonly RedisScript Read = new("read", """
        local answer = {}
        if redis.call('EXISTS', KEYS[1]) == 1 then return answer end
        local left = tonumber(ARGV[2])
        for i = 2, #KEYS do
          local most = i == 2 and math.min(left, tonumber(ARGV[3])) or left
          if most > 0 then
            local read = redis.call('XREADGROUP', 'GROUP', 'workers', ARGV[1], 'COUNT', most, 'STREAMS', KEYS[i], '>')
            if read then
              answer[#answer + 1] = read[1]
              left = left - #read[1][2]
            end
          end
        end
        return answer
        """);

    /// <summary>Takes over entries whose lease has passed.</summary>
    /// <remarks>KEYS: a stream. ARGV: consumer, lease in ms, at most how many. Returns how many were found without their entry (trimmed
    /// or deleted by someone else), then for each: id, fields, deliveries.</remarks>
    public static readonly RedisScript Reclaim = new("reclaim", """
        local pending = redis.call('XPENDING', KEYS[1], 'workers', 'IDLE', ARGV[2], '-', '+', ARGV[3])
        local answer = { 0 }
        for _, entry in ipairs(pending) do
          local claimed = redis.call('XCLAIM', KEYS[1], 'workers', ARGV[1], ARGV[2], entry[1])[1]
          if claimed then
            answer[#answer + 1] = { claimed[1], claimed[2], entry[4] + 1 }
          else
            redis.call('XACK', KEYS[1], 'workers', entry[1])
            answer[1] = answer[1] + 1
          end
        end
        return answer
        """);

    /// <summary>Puts entries back that were handed out and never reached a worker: as they were.</summary>
    /// <remarks>KEYS: a stream. ARGV: consumer, ids. Returns how many.</remarks>
    public static readonly RedisScript PutBack = new("put-back", """
        local count = 0
        for i = 2, #ARGV do
          local pending = redis.call('XPENDING', KEYS[1], 'workers', ARGV[i], ARGV[i], 1)[1]
          if pending and pending[2] == ARGV[1] then
            local entry = redis.call('XRANGE', KEYS[1], ARGV[i], ARGV[i])[1]
            if entry then
              redis.call('XADD', KEYS[1], '*', unpack(entry[2]))
              count = count + 1
            end
            redis.call('XACK', KEYS[1], 'workers', ARGV[i])
            redis.call('XDEL', KEYS[1], ARGV[i])
          end
        end
        return count
        """);

    /// <summary>Renews leases, but only those that are still the consumer's.</summary>
    /// <remarks>KEYS: a stream. ARGV: consumer, then id and deliveries of each. Returns 1 or 0 for each.</remarks>
    public static readonly RedisScript Renew = new("renew", """
        local answer = {}
        for i = 2, #ARGV, 2 do
          local pending = redis.call('XPENDING', KEYS[1], 'workers', ARGV[i], ARGV[i], 1)[1]
          local owned = pending and pending[2] == ARGV[1] and pending[4] == tonumber(ARGV[i + 1])
          if owned then
            redis.call('XCLAIM', KEYS[1], 'workers', ARGV[1], 0, ARGV[i], 'JUSTID')
          end
          answer[#answer + 1] = owned and 1 or 0
        end
        return answer
        """);

    /// <summary>Removes consumers that hold nothing: those named, and those that have done nothing for long.</summary>
    /// <remarks>KEYS: a stream. ARGV: a consumer or empty, idle time in ms. Never one with entries in hand: they would be lost.</remarks>
    public static readonly RedisScript RemoveConsumers = new("remove-consumers", """
        local consumers = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], 'workers')
        if consumers.err then return 0 end
        local count = 0
        for _, consumer in ipairs(consumers) do
          local info = {}
          for i = 1, #consumer, 2 do info[consumer[i]] = consumer[i + 1] end
          if info['pending'] == 0 and (info['name'] == ARGV[1] or info['idle'] > tonumber(ARGV[2])) then
            redis.call('XGROUP', 'DELCONSUMER', KEYS[1], 'workers', info['name'])
            count = count + 1
          end
        end
        return count
        """);
}
