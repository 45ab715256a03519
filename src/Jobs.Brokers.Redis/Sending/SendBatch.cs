using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Scripts;
using Jobs.Brokers.Redis.Stores;
using Jobs.Stores;

namespace Jobs.Brokers.Redis.Sending;

/// <summary>Messages that are sent in one script call, under one number. Sent again under that number it is taken once.</summary>
/// <param name="number">Its number.</param>
/// <param name="store">Where the writes go that the messages depend on; null for those that depend on none.</param>
internal sealed class SendBatch(long number, StoreKeys? store)
{
    private const int MostMessages = WriteArguments.Most;
    private const int MostBytes = 512 * 1024;

    private readonly List<(SendOperation Operation, int Entry)> _entries = [];
    private List<(SendOperation Operation, int Entry, int Place)>? _followers;
    private int _bytes;

    public long Number => number;

    /// <summary>When it was made.</summary>
    public required long Created { get; init; }

    /// <summary>True if it was handed to a connection at least once.</summary>
    public bool MayHaveRun { get; set; }

    /// <summary>True while an answer may still come.</summary>
    public bool IsUnderWay { get; set; }

    /// <summary>Called with each place and its result before the callers are told.</summary>
    public Action<int, SendResult>? Answered { get; set; }

    public bool IsEmpty => _entries.Count == 0;

    /// <summary>True if it is not sent any more, and was never answered.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>The calls that it answers: those of its messages, and of later sendings of them.</summary>
    public IEnumerable<SendOperation> Operations =>
        [.. _entries.ConvertAll(static entry => entry.Operation), .. _followers?.ConvertAll(static follower => follower.Operation) ?? []];

    /// <summary>True if every caller was answered.</summary>
    public bool IsOrphaned => Operations.All(static operation => operation.IsDone);

    public IReadOnlyList<(SendOperation Operation, int Entry)> Entries => _entries;

    /// <summary>Takes what it can of an operation. False once it is full.</summary>
    public bool TryTake(SendOperation operation)
    {
        while (operation.Taken < operation.Entries.Count)
        {
            var length = operation.Entries[operation.Taken].Length + (store is null ? 0 : WriteOf((operation, operation.Taken)).Value?.Length ?? 0);
            if (_entries.Count == MostMessages || (_entries.Count > 0 && _bytes + length > MostBytes))
            {
                return false;
            }

            if (operation.IsToBeSent(operation.Taken))
            {
                _entries.Add((operation, operation.Taken));
                _bytes += length;
            }

            operation.Taken++;
        }

        return true;
    }

    /// <summary>Lets a later sending of a message share the fate of this one.</summary>
    public void Join(SendOperation operation, int entry, int place)
    {
        _followers ??= [];
        _followers.Add((operation, entry, place));
    }

    /// <summary>The entries of an operation that share the fate of earlier sendings.</summary>
    public IEnumerable<int> FollowersOf(SendOperation operation) =>
        _followers?.FindAll(follower => follower.Operation == operation).ConvertAll(static follower => follower.Entry) ?? [];

    /// <param name="keys">The queue's.</param>
    /// <param name="producer">The key of the numbers.</param>
    /// <param name="dedupeWindow">In milliseconds.</param>
    /// <param name="keepNumbers">How long the server is to keep the numbers, in milliseconds; 0 leaves it as it is.</param>
    public RespCommand ToCommand(QueueKeys keys, byte[] producer, long dedupeWindow, long keepNumbers)
    {
        var writes = store is null ? [] : _entries.ConvertAll(WriteOf).ToArray();
        var command = (store is null ? RespCommand.Rent(QueueScripts.Send, 7) : RespCommand.Rent(QueueScripts.SendWith, 7 + WriteArguments.FirstKeys + writes.Length))
            .Key(producer).Key(keys.Limit).Key(keys.Delayed).Key(keys.Bodies);
        foreach (var stream in keys.Streams)
        {
            command.Key(stream);
        }

        if (store is not null)
        {
            WriteArguments.AddKeys(command, store, writes);
        }

        // The callers go on in the pool.
        command.ContinuesInline = true;
        command.Add(number).Add(keepNumbers).Add(keys.DedupePrefix).Add(dedupeWindow);
        if (store is not null)
        {
            WriteArguments.AddTo(command, store, writes);
        }

        foreach (var (operation, index) in _entries)
        {
            var entry = operation.Entries[index];
            command.Add(entry.Flags).Add(entry.Due).Add(operation.IdOf(in entry)).Add(operation.StateOf(in entry)).Add(operation.DocumentOf(in entry));
        }

        return command;
    }

    /// <summary>Tells every caller what the server said.</summary>
    public void Answer(RespReply reply)
    {
        var reader = reply.GetReader();
        var answers = reader.ReadBytes();
        if (store is not null)
        {
            AnswerWith(new ConditionalAnswers(answers));
            return;
        }

        for (var i = 0; i < _entries.Count; i++)
        {
            // One character stands for all: all were accepted.
            Answer(i, ResultOf(answers.Length == _entries.Count && answers[i] != '1' ? answers[i] : (byte)'A'));
        }
    }

    /// <summary>Tells every caller the same.</summary>
    public void AnswerAll(SendResult result)
    {
        for (var i = 0; i < _entries.Count; i++)
        {
            Answer(i, result);
        }
    }

    private void AnswerWith(ConditionalAnswers answers)
    {
        for (var i = 0; i < _entries.Count; i++)
        {
            var (letter, version) = answers.Next();
            var isWritten = letter == 'A';
            Answer(i, ResultOf(letter), new StoreWriteResult(isWritten, isWritten && WriteOf(_entries[i]).Value is null ? 0 : version));
        }
    }

    private static StoreWrite WriteOf((SendOperation Operation, int Entry) entry) => entry.Operation.Writes[entry.Operation.Entries[entry.Entry].Index];

    private static SendResult ResultOf(byte answer) => new(answer switch
    {
        (byte)'A' => SendStatus.Accepted,
        (byte)'D' => SendStatus.Duplicate,
        (byte)'K' => SendStatus.Conflict,
        _ => SendStatus.QueueFull,
    });

    private void Answer(int place, SendResult result, StoreWriteResult written = default)
    {
        Answered?.Invoke(place, result);
        var (operation, entry) = _entries[place];
        operation.Answer(operation.Entries[entry], result, written);
        foreach (var follower in _followers ?? [])
        {
            if (follower.Place == place)
            {
                follower.Operation.Answer(follower.Operation.Entries[follower.Entry], result, written);
            }
        }
    }
}
