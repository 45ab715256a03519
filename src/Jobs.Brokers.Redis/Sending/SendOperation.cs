using System.Text;
using System.Threading.Tasks.Sources;
using Jobs.Messages;
using Jobs.Stores;
using Jobs.Transport;

namespace Jobs.Brokers.Redis.Sending;

/// <summary>One call of send, for one queue: its messages encoded, and what became of each.</summary>
/// <remarks>After it was made, everything but the task belongs to the lock of its <see cref="QueueSender"/>.</remarks>
internal sealed class SendOperation(QueueSender sender, int messages) : IValueTaskSource, IDisposable
{
    private readonly PooledBuffer _buffer = new();
    private readonly List<EncodedEntry> _entries = new(messages);
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private ReadOnlyMemory<JobMessage> _messages;
    private Memory<SendResult> _results;
    private HashSet<int>? _joined;
    private int _open;

    public IReadOnlyList<EncodedEntry> Entries => _entries;

    public QueueSender Sender => sender;

    /// <summary>How many entries a batch has taken.</summary>
    public int Taken { get; set; }

    /// <summary>The store writes that the messages depend on, one each; none of a plain call. Not the caller's: a batch may need them after it was answered.</summary>
    public StoreWrite[] Writes { get; init; } = [];

    /// <summary>What became of them.</summary>
    public Memory<StoreWriteResult> Written { get; init; }

    /// <summary>When the caller is told whatever is known by then.</summary>
    public long Deadline { get; init; }

    /// <summary>True once the caller was answered: its memory must not be touched any more.</summary>
    public bool IsDone { get; private set; }

    /// <summary>True if the caller was answered before the server did: a batch may still need what was encoded.</summary>
    private bool IsGivenUp { get; set; }

    public ValueTask Task => new(this, _core.Version);

    public ReadOnlySpan<byte> IdOf(in EncodedEntry entry) => _buffer.Written.Slice(entry.Start, entry.IdLength);

    public ReadOnlySpan<byte> StateOf(in EncodedEntry entry) => _buffer.Written.Slice(entry.Start + entry.IdLength, entry.StateLength);

    public ReadOnlySpan<byte> DocumentOf(in EncodedEntry entry) => _buffer.Written.Slice(entry.Start + entry.IdLength + entry.StateLength, entry.DocumentLength);

    /// <summary>Encodes messages; those that cannot be are answered at once.</summary>
    public void Encode(ReadOnlyMemory<JobMessage> messages, Memory<SendResult> results, Func<JobMessage, int> levelOf, bool isThen, int maxDocumentBytes)
    {
        (_messages, _results) = (messages, results);
        for (var i = 0; i < messages.Length; i++)
        {
            results.Span[i] = default;
            if (Encode(messages.Span[i], i, levelOf, isThen, maxDocumentBytes) is { } refusal)
            {
                results.Span[i] = refusal;
            }
        }

        _open = _entries.Count;
    }

    /// <summary>The dedupe id of an entry's message. Only until the caller was answered.</summary>
    public string DedupeIdOf(in EncodedEntry entry) => _messages.Span[entry.Index].DedupeId;

    /// <summary>Keeps an entry out of new batches: an earlier one will answer it.</summary>
    public void Join(int entry) => (_joined ??= []).Add(entry);

    /// <summary>Whether a batch may send an entry.</summary>
    public bool IsToBeSent(int entry) => !IsDone && _joined?.Contains(entry) != true;

    /// <summary>Notes what became of an entry, and of its write; the last one ends the operation.</summary>
    public void Answer(in EncodedEntry entry, SendResult result, StoreWriteResult written = default)
    {
        if (IsDone)
        {
            return;
        }

        _results.Span[entry.Index] = result;
        if (!Written.IsEmpty)
        {
            Written.Span[entry.Index] = written;
        }

        if (result.Status == SendStatus.Accepted)
        {
            _messages.Span[entry.Index].Release();
        }

        if (--_open == 0)
        {
            End();
        }
    }

    /// <summary>Gives the encoded messages back, once the caller was answered, unless a batch may still need them.</summary>
    public void Dispose()
    {
        if (!IsGivenUp)
        {
            _buffer.Dispose();
        }
    }

    /// <summary>Gives up on what is unanswered: what may have reached the server is unknown, the rest never was sent.</summary>
    /// <param name="unknown">The entries that may have reached it, by this sending or an earlier one.</param>
    /// <param name="error">Why.</param>
    public void GiveUp(HashSet<int> unknown, Exception error)
    {
        if (IsDone)
        {
            return;
        }

        for (var i = 0; i < _entries.Count; i++)
        {
            if (_results.Span[_entries[i].Index].Status == SendStatus.Unknown)
            {
                _results.Span[_entries[i].Index] = new SendResult(unknown.Contains(i) ? SendStatus.Unknown : SendStatus.Failed, error);
            }
        }

        IsGivenUp = true;
        End();
    }

    public void GetResult(short token) => _core.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void End()
    {
        IsDone = true;
        _core.SetResult(true);
    }

    private SendResult? Encode(JobMessage message, int index, Func<JobMessage, int> levelOf, bool isThen, int maxDocumentBytes)
    {
        var start = _buffer.WrittenCount;
        var deduplicates = isThen || message.MayRepeat || message.State.Copy > 0;
        var due = DueTime.ToMilliseconds(message.EffectiveDue);
        try
        {
            var idLength = deduplicates || due > 0 ? Encoding.UTF8.GetBytes(message.DedupeId, _buffer) : 0;
            message.WriteStateTo(_buffer);
            var stateLength = _buffer.WrittenCount - start - (int)idLength;
            message.WriteTo(_buffer);
            var documentLength = _buffer.WrittenCount - start - (int)idLength - stateLength;
            if (documentLength > maxDocumentBytes)
            {
                return new SendResult(SendStatus.TooLarge, new JobPayloadException(
                    $"the document has {documentLength} bytes, but the Redis broker takes {maxDocumentBytes} ({RedisBrokerOptions.SectionName}:{nameof(RedisBrokerOptions.MaxDocumentBytes)}). Store large data elsewhere and enqueue its key.", message.Name));
            }

            var flags = levelOf(message) + 1 + (deduplicates ? 8 : 0) + (isThen || message.IgnoresLimit ? 16 : 0);
            _entries.Add(new EncodedEntry(index, flags, due, start, (int)idLength, stateLength, documentLength));
            return null;
        }
#pragma warning disable CA1031 // A payload's own code may throw anything; the sender is told.
        catch (Exception error)
#pragma warning restore CA1031
        {
            // What was written of it stays in the buffer, where no entry points.
            return new SendResult(SendStatus.Failed, error);
        }
    }
}
