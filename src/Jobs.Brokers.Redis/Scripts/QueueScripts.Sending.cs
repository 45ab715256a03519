using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Stores;

namespace Jobs.Brokers.Redis.Scripts;

/// <content>Into the queue.</content>
internal static partial class QueueScripts
{
    // How many more the queue takes, or -1 for any number. KEYS: 2 limit, 3 delayed, 5-7 the streams.
    private const string Room = """
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

        """;

    // Takes one message, or says in 'answer' why not. KEYS: 3 delayed, 4 bodies, 5-7 the streams. ARGV: 3 prefix of the markers, 4 their life.
    private const string Take = """
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

        """;

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

        """ + Room + """
        local now
        local refused = false
        local answers = {}
        for i = 5, #ARGV, 5 do
          local flags, due, id, state, document = tonumber(ARGV[i]), tonumber(ARGV[i + 1]), ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
          local level = flags % 8
          local answer = 'A'

        """ + Take + """
          if answer ~= 'A' then refused = true elseif room > 0 then room = room - 1 end
          answers[#answers + 1] = answer
        end

        local all = refused and table.concat(answers) or ''
        redis.call('HSET', KEYS[1], slot, ARGV[1] .. all)
        if ARGV[2] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
        return refused and all or 1
        """);

    /// <summary>Takes each message of a batch only if a store write beside it holds, and writes; a batch that was taken before is answered, not taken again.</summary>
    /// <remarks>
    /// <para>KEYS: as <see cref="Send"/>, then as <see cref="StoreScripts.Write"/>, an entry for each message. ARGV: the first four of <see cref="Send"/>, all of
    /// <see cref="StoreScripts.Write"/>, then for each message what <see cref="Send"/> takes of it.</para>
    /// <para>The condition comes first: who does not have the key is told so, however full the queue is. What is taken is written at the end, in one go,
    /// or when a key comes twice. So a script that fails half-way leaves a job without its write, and never a write without its job.</para>
    /// <para>Returns <c>*</c> and the version before the first if all were accepted; else for each <c>;</c>, a letter as <see cref="Send"/> has them, or K if the
    /// write did not hold, and the version that is there.</para>
    /// </remarks>
    public static readonly RedisScript SendWith = new("send-with", """
        local slot = tonumber(ARGV[1]) % 64
        local seen, earlier = string.match(redis.call('HGET', KEYS[1], slot) or '', '^(%d+)(.*)$')
        if seen == ARGV[1] then return earlier end

        local function write(KEYS, ARGV)

        """ + StoreScripts.WriteSource + """

        end

        """ + Room + """
        local first, kinds = 9, tonumber(ARGV[10])
        local count, tails = #KEYS - first, 10 + 6 * kinds
        local now, base
        local answers, single = {}, true
        local keys, chosen, values, places, taken = { unpack(KEYS, 8, first) }, {}, {}, {}, {}

        local function flush()
          if #places == 0 then return end
          local arguments = { ARGV[5], ARGV[6], ARGV[7], 0, table.concat(chosen), unpack(ARGV, 10, tails) }
          for i = 1, #values do arguments[#arguments + 1] = struct.pack('>I2', i) .. string.sub(values[i], 3) end
          if base then single = false end
          base = write(keys, arguments)[1]
          for i = 1, #places do answers[places[i]] = 'A' .. string.format('%d', base + i) end
          keys, chosen, values, places, taken = { unpack(KEYS, 8, first) }, {}, {}, {}, {}
        end

        """ + StoreScripts.HoldsSource + """
        local function conflict(key, condition, number)
          local was = condition == 0 and '' or redis.call('GETRANGE', key, 0, 25)
          local there, order = 0, 0
          if was ~= '' then
            local placed, batch, before, at = struct.unpack('>I8I8I8I2', was)
            local time = batch > 0 and redis.call('TIME')
            if not time or batch > time[1] * 1000000 + time[2] then there, order = before + at, placed end
          end
          return not holds(condition, number, there, order) and there or nil
        end

        for place = 1, count do
          local i = tails + count + 5 * place - 4
          local flags, due, id, state, document = tonumber(ARGV[i]), tonumber(ARGV[i + 1]), ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
          local level = flags % 8
          local answer = 'A'
          local key, value = KEYS[first + place], ARGV[tails + place]
          if taken[key] then flush() end
          local kind = 10 + 6 * string.byte(ARGV[9], place)
          local there = conflict(key, tonumber(ARGV[kind + 1]) % 8, tonumber(ARGV[kind + 2]))
          if there then
            answer = 'K'
          else

        """ + Take + """
          end
          if answer == 'A' then
            if room > 0 then room = room - 1 end
            taken[key] = true
            places[#places + 1], keys[#keys + 1], values[#values + 1] = place, key, value
            chosen[#chosen + 1] = string.sub(ARGV[9], place, place)
          else
            single = false
            answers[place] = answer .. string.format('%d', there or 0)
          end
        end
        flush()

        local all = single and '*' .. string.format('%d', base) or ';' .. table.concat(answers, ';')
        redis.call('HSET', KEYS[1], slot, ARGV[1] .. all)
        if ARGV[2] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
        return all
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
