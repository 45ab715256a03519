using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Redis.Scripts;

/// <content>Into the queue.</content>
internal static partial class QueueScripts
{
    /// <summary>Takes a batch of messages, all at once; a batch that was taken before is answered, not taken again.</summary>
    /// <remarks>
    /// <para>KEYS: the producer's last 64 numbers with their answers, the queue's limit, delayed, bodies, the three
    /// streams. ARGV: number of the batch, how long the numbers are kept in ms or 0 for as long as they were to be,
    /// prefix of the dedupe markers, their life in ms; then for each message: flags (1-3 the level, 8 deduplicate, 16 exempt from the limit), due in ms or 0, id, state,
    /// document. The id may be empty unless the message is deduplicated or not yet due.</para>
    /// <para>Returns 1 if all were accepted, else a letter for each: A accepted, D duplicate, F full.</para>
    /// </remarks>
    public static readonly RedisScript Send = new("send", """
        local slot = tonumber(ARGV[1]) % 64
        local seen, earlier = string.match(redis.call('HGET', KEYS[1], slot) or '', '^(%d+)(%a*)$')
        if seen == ARGV[1] then
          return earlier ~= '' and earlier or 1
        end

        local room = tonumber(redis.call('GET', KEYS[2]) or -1)
        if room >= 0 then
          room = room - redis.call('ZCARD', KEYS[3])
          for i = 5, 7 do
            local length = redis.call('XLEN', KEYS[i])
            if length > 0 then
              local pending = redis.pcall('XPENDING', KEYS[i], 'workers')
              room = room - length + (pending.err and 0 or pending[1])
            end
          end
          if room < 0 then room = 0 end
        end

        local now
        local refused = false
        local answers = {}
        for i = 5, #ARGV, 5 do
          local flags, due, id, state, document = tonumber(ARGV[i]), tonumber(ARGV[i + 1]), ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
          local level = flags % 8
          local answer = 'A'
          if room == 0 and flags < 16 then
            answer = 'F'
          elseif flags % 16 >= 8 and not redis.call('SET', ARGV[3] .. id, '1', 'NX', 'PX', ARGV[4]) then
            answer = 'D'
          else
            if due > 0 and not now then
              local time = redis.call('TIME')
              now = time[1] * 1000 + math.floor(time[2] / 1000)
            end
            if due > 0 and due > now then
              if redis.call('HSETNX', KEYS[4], id, level .. #state .. ':' .. state .. document) == 1 then
                redis.call('ZADD', KEYS[3], due, id)
              else
                answer = 'D'
              end
            elseif state == '' then
              redis.call('XADD', KEYS[4 + level], '*', 'd', document)
            else
              redis.call('XADD', KEYS[4 + level], '*', 'd', document, 's', state)
            end
          end
          if answer ~= 'A' then refused = true elseif room > 0 then room = room - 1 end
          answers[#answers + 1] = answer
        end

        local all = refused and table.concat(answers) or ''
        redis.call('HSET', KEYS[1], slot, ARGV[1] .. all)
        if ARGV[2] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
        return refused and all or 1
        """);

    /// <summary>Moves what is due into its stream.</summary>
    /// <remarks>KEYS: delayed, bodies, the three streams. ARGV: at most how many. Returns how many, and in how many ms the next is due, or -1.</remarks>
    public static readonly RedisScript Promote = new("promote", """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
        for _, id in ipairs(due) do
          local body = redis.call('HGET', KEYS[2], id)
          if body then
            local stream = KEYS[2 + tonumber(string.sub(body, 1, 1))]
            local colon = string.find(body, ':', 2, true)
            local length = tonumber(string.sub(body, 2, colon - 1))
            local document = string.sub(body, colon + length + 1)
            if length == 0 then
              redis.call('XADD', stream, '*', 'd', document)
            else
              redis.call('XADD', stream, '*', 'd', document, 's', string.sub(body, colon + 1, colon + length))
            end
          end
        end
        if #due > 0 then
          redis.call('HDEL', KEYS[2], unpack(due))
          redis.call('ZREM', KEYS[1], unpack(due))
        end
        local next = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
        return { #due, next[2] and math.max(0, tonumber(next[2]) - now) or -1 }
        """);
}
