namespace Jobs.Tests.Schedules.Simulation;

/// <summary>Stands before every call that a node makes: lets it pass, holds it until the node thaws, or for good once it is dead.</summary>
internal sealed class NodeGate
{
    private TaskCompletionSource? _closed;

    /// <summary>How many calls pass before the gate closes by itself; negative: any number.</summary>
    public int CallsLeft { get; set; } = -1;

    /// <summary>Called when it closed by itself.</summary>
    public Action? Closed { get; set; }

    public void Close() => _closed ??= new TaskCompletionSource();

    public void Open()
    {
        var closed = _closed;
        _closed = null;
        CallsLeft = -1;
        closed?.SetResult();
    }

    public ValueTask PassAsync()
    {
        if (CallsLeft == 0)
        {
            Close();
            CallsLeft = -1;
            Closed?.Invoke();
        }

        if (CallsLeft > 0)
        {
            CallsLeft--;
        }

        return _closed is { } closed ? new(closed.Task) : default;
    }
}
