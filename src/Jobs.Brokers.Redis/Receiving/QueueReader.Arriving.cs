using Jobs.Brokers.Redis.Protocol;

namespace Jobs.Brokers.Redis.Receiving;

/// <content>Hands on what was fetched, and completes what is done here already.</content>
internal sealed partial class QueueReader
{
    private ValueTask<int> AddAllAsync(RespReply reply, long begun)
    {
        List<(int Level, EntryId Id)>? done = null;
        var count = AddAll(reply, begun, ref done);
        return done is null ? new(count) : CompleteThenAsync();

        async ValueTask<int> CompleteThenAsync()
        {
            await CompleteAsync(done).ConfigureAwait(false);
            return count;
        }
    }

    // Done here, and only the answer is missing. What arrived beside them does not wait for an outage to pass: if this fails, they come again.
    private async ValueTask CompleteAsync(List<(int Level, EntryId Id)>? done)
    {
        for (var level = 0; done is not null && level < context.Keys.Streams.Count; level++)
        {
            var ids = done.FindAll(entry => entry.Level == level).ConvertAll(static entry => entry.Id);
            if (ids.Count == 0)
            {
                continue;
            }

            try
            {
                await settler.CompleteAsync(level, ids).ConfigureAwait(false);
            }
            catch (IOException error)
            {
                context.Telemetry.ErrorSwallowed("settle");
                Log.SettleInterrupted(context.Logger, ids.Count, context.Keys.Queue, error.Message);
            }
        }
    }

    private int AddAll(RespReply reply, long begun, ref List<(int Level, EntryId Id)>? done)
    {
        // The server began the leases somewhere between question and answer, when is not known: what the worker may rely on begins with the question.
        var lease = context.Leases.EndOf(begun);
        var count = 0;
        var entries = new EntryReader(reply, context.Keys);
        while (entries.Read())
        {
            // One that was deleted meanwhile has no fields.
            if (entries.Fields is not { IsThere: true } fields)
            {
                continue;
            }

            if (settler.IsCompleting(entries.Entry))
            {
                (done ??= []).Add((entries.Level, entries.Entry));
            }
            else
            {
                arrived(entries.Level, entries.Entry, fields, 1, lease);
                count++;
            }
        }

        return count;
    }

    private int AddReclaimed(RespReply reply, int level, long begun, ref List<(int Level, EntryId Id)>? done)
    {
        var reader = reply.GetReader();
        var left = reader.ReadArray() - 1;
        if (reader.ReadInteger() is > 0 and var lost)
        {
            context.Telemetry.ErrorSwallowed("entry-lost");
            Log.EntriesLost(context.Logger, context.Keys.Queue, (int)lost);
        }

        var lease = context.Leases.EndOf(begun);
        var count = 0;
        for (; left > 0; left--)
        {
            reader.ReadArray();
            var entry = EntryId.Parse(reader.ReadBytes());
            var fields = EntryFields.Read(ref reader);
            var deliveries = (int)reader.ReadInteger();
            if (settler.IsCompleting(entry))
            {
                (done ??= []).Add((level, entry));
                continue;
            }

            arrived(level, entry, fields, deliveries, lease);
            count++;
        }

        return count;
    }
}
