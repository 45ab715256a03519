using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Redis.Scripts;

/// <content>Ends of deliveries. Each is one step: a crash leaves the old entry or the new one, never both, never none.</content>
internal static partial class QueueScripts
{
    // Reads the entry, if it is still the consumer's. ARGV: consumer, id, deliveries; the seventh is a state in place of the entry's, or empty.
    private const string ReadOwned = """
        local pending = redis.call('XPENDING', KEYS[1], 'workers', ARGV[2], ARGV[2], 1)[1]
        if not pending then return 0 end
        if pending[2] ~= ARGV[1] or pending[4] ~= tonumber(ARGV[3]) then return -1 end
        local entry = redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2])[1]
        if not entry then
          redis.call('XACK', KEYS[1], 'workers', ARGV[2])
          return 0
        end
        local document, state = '', ''
        for i = 1, #entry[2], 2 do
          if entry[2][i] == 'd' then document = entry[2][i + 1] end
          if entry[2][i] == 's' then state = entry[2][i + 1] end
        end
        if ARGV[7] ~= '' then state = ARGV[7] end

        """;

    /// <summary>Removes entries whose lease cannot have passed.</summary>
    /// <remarks>KEYS: a stream. ARGV: ids. Returns how many were in hand. Those that were not go, too: the group may have been made again while they ran.
    /// XACKDEL (8.2) would leave them, and they would run again.</remarks>
    public static readonly RedisScript Complete = new("complete", """
        local count = redis.call('XACK', KEYS[1], 'workers', unpack(ARGV))
        redis.call('XDEL', KEYS[1], unpack(ARGV))
        return count
        """);

    /// <summary>Removes entries if they are still the consumer's.</summary>
    /// <remarks>KEYS: a stream. ARGV: consumer, then id and deliveries of each. Returns for each 1 done, 0 gone, -1 someone else's.
    /// One that is there and in nobody's hands is done, too: the group was made again, or a replica had not heard of the delivery.</remarks>
    public static readonly RedisScript CompleteOwned = new("complete-owned", """
        local answer = {}
        for i = 2, #ARGV, 2 do
          local pending = redis.call('XPENDING', KEYS[1], 'workers', ARGV[i], ARGV[i], 1)[1]
          if not pending then
            answer[#answer + 1] = redis.call('XDEL', KEYS[1], ARGV[i])
          elseif pending[2] ~= ARGV[1] or pending[4] ~= tonumber(ARGV[i + 1]) then
            answer[#answer + 1] = -1
          else
            redis.call('XACK', KEYS[1], 'workers', ARGV[i])
            redis.call('XDEL', KEYS[1], ARGV[i])
            answer[#answer + 1] = 1
          end
        end
        return answer
        """);

    /// <summary>Replaces an entry by a copy with another state, now or when it is due.</summary>
    /// <remarks>KEYS: the entry's stream, delayed, bodies. ARGV: consumer, id, deliveries, level, due in ms or 0, the copy's id, its state (empty: as it was).
    /// Returns 1 done, 0 gone, -1 someone else's.</remarks>
    public static readonly RedisScript Requeue = new("requeue", ReadOwned + """
        local due = tonumber(ARGV[5])
        if due > 0 then
          local time = redis.call('TIME')
          if due <= time[1] * 1000 + math.floor(time[2] / 1000) then due = 0 end
        end
        if due > 0 then
          redis.call('HSET', KEYS[3], ARGV[6], ARGV[4] .. #state .. ':' .. state .. document)
          redis.call('ZADD', KEYS[2], due, ARGV[6])
        elseif state == '' then
          redis.call('XADD', KEYS[1], '*', 'd', document)
        else
          redis.call('XADD', KEYS[1], '*', 'd', document, 's', state)
        end
        redis.call('XACK', KEYS[1], 'workers', ARGV[2])
        redis.call('XDEL', KEYS[1], ARGV[2])
        return 1
        """);

    /// <summary>Makes a dead letter of an entry, in place of one with the same key.</summary>
    /// <remarks>KEYS: the entry's stream, dead, dead index. ARGV: consumer, id, deliveries, key, reason, error, state. Returns 1 done, 0 gone, -1 someone else's.</remarks>
    public static readonly RedisScript Bury = new("bury", ReadOwned + """
        local id = redis.call('XADD', KEYS[2], '*', 'k', ARGV[4], 'r', ARGV[5], 'e', ARGV[6], 'd', document, 's', state)
        local earlier = redis.call('HGET', KEYS[3], ARGV[4])
        if earlier then redis.call('XDEL', KEYS[2], earlier) end
        redis.call('HSET', KEYS[3], ARGV[4], id)
        redis.call('XACK', KEYS[1], 'workers', ARGV[2])
        redis.call('XDEL', KEYS[1], ARGV[2])
        return 1
        """);
}
