using Jobs.Messages;

namespace Jobs.Keys;

/// <summary>What a run enqueued and holds until it succeeds, and the keys that are reserved for it.</summary>
internal sealed class HeldMessages : List<JobMessage>
{
    private KeyedSends? _keys;
    private List<KeyTake>? _takes;

    /// <summary>True if a key is reserved.</summary>
    public bool HasKeys => _takes is not null;

    /// <summary>True if the run may have succeeded before, though its broker does not know.</summary>
    public bool MayRepeat { get; set; }

    public void Add(KeyTake take, KeyedSends keys)
    {
        _keys = keys;
        (_takes ??= []).Add(take);
    }

    /// <summary>The broker has the messages. Does not throw.</summary>
    public Task ConfirmAsync() => _takes is null ? Task.CompletedTask : _keys!.ConfirmAsync(_takes, MayRepeat);

    /// <summary>The messages are not sent. Does not throw; nobody waits, for a reservation expires.</summary>
    public void GiveUp()
    {
        if (_takes is not null)
        {
            _ = _keys!.GiveUpAsync(_takes);
        }
    }
}
