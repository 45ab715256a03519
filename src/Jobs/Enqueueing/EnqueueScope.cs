using System.Buffers;
using Jobs.Definitions;
using Jobs.Keys;
using Jobs.Messages;

namespace Jobs.Enqueueing;

/// <summary>What a running job enqueues: held until the job has succeeded, so that a failed attempt leaves nothing behind.</summary>
/// <remarks>The runner makes one per run and puts it into <see cref="Current"/>; it flows with the handler's calls. Safe for concurrent use.
/// After <see cref="Complete"/> or <see cref="Discard"/> it holds nothing more: what a forgotten task enqueues then is sent at once.</remarks>
internal sealed class EnqueueScope
{
    private static readonly AsyncLocal<EnqueueScope?> Ambient = new();

    private readonly JobId _parent;
    private readonly MessageAttributes _inherited;
    private readonly bool _isBatch;
    private HeldMessages? _held;
    private int _children;
    private bool _ended;

    // Copies what it needs: the parent's message goes back to its pool while the scope may live on in a forgotten task.
    // The children of a batch have numbers of their own, below 0: its first item may fail alone, run alone, and enqueue again.
    public EnqueueScope(JobMessage parent, bool isBatch = false)
    {
        _parent = parent.Id;
        _isBatch = isBatch;
        _inherited = parent.Attributes;
    }

    /// <summary>The scope of the job that runs here, or null.</summary>
    public static EnqueueScope? Current
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    /// <summary>What a job enqueued here takes over from the one that runs: parent, root, correlation, tenant and trace, unless the call has its own.</summary>
    public MessageAttributes Inherit(MessageAttributes own) => own with
    {
        ParentId = _parent,
        RootId = _inherited.RootId ?? _parent,
        CorrelationId = own.CorrelationId ?? _inherited.CorrelationId,
        Tenant = own.Tenant ?? _inherited.Tenant,
        TraceParent = own.TraceParent ?? _inherited.TraceParent,
        TraceState = own.TraceParent is null ? _inherited.TraceState : own.TraceState,
    };

    /// <summary>The id of the next message, for one whose key is reserved before it is held; null if the run has ended.</summary>
    public JobId? NextId()
    {
        lock (this)
        {
            return _ended ? null : MakeId();
        }
    }

    /// <summary>Holds a message whose key is reserved; the key is confirmed, or given up, with it.</summary>
    /// <inheritdoc cref="TryHold(ref JobMessage, JobDefinition)"/>
    public bool TryHold(ref JobMessage message, JobDefinition definition, KeyTake take, KeyedSends keys)
    {
        lock (this)
        {
            if (!TryHold(ref message, definition))
            {
                return false;
            }

            _held!.Add(take, keys);
            return true;
        }
    }

    /// <summary>Holds a message. One without an id is given <c>{parent}/{n}</c>: the same in every attempt of a handler that enqueues in the same order.</summary>
    /// <returns>False if the run has ended: the caller sends it.</returns>
    public bool TryHold(ref JobMessage message, JobDefinition definition)
    {
        // On itself: a lock of its own for each run would be one more object.
        lock (this)
        {
            if (_ended)
            {
                return false;
            }

            if (message.Id.IsEmpty)
            {
                message.Id = MakeId();
            }

            message.MayRepeat = true;
            if (!definition.HasImmutableArgs)
            {
                message = Freeze(message);
            }

            (_held ??= []).Add(message);
            return true;
        }
    }

    /// <summary>Ends the scope of a run that succeeded.</summary>
    /// <returns>What was enqueued, for <see cref="Brokers.Settlement.Then"/>; null if nothing was.</returns>
    public HeldMessages? Complete()
    {
        lock (this)
        {
            _ended = true;
            var held = _held;
            _held = null;
            return held;
        }
    }

    /// <summary>Ends the scope of a run that did not succeed: what it enqueued never was.</summary>
    public void Discard()
    {
        if (Complete() is { } held)
        {
            held.GiveUp();
            foreach (var message in held)
            {
                message.Release();
            }
        }
    }

    private JobId MakeId() => (_isBatch ? _parent.Child(0) : _parent).Child(++_children);

    // The handler may go on changing what it passed, so its bytes are taken now.
    private static JobMessage Freeze(JobMessage message)
    {
        var document = new ArrayBufferWriter<byte>();
        message.WriteTo(document);
        var frozen = JobMessage.FromBytes(document.WrittenMemory);
        frozen.MayRepeat = message.MayRepeat;
        message.Release();
        return frozen;
    }
}
