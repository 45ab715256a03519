namespace Jobs.Testing.Faults;

/// <summary>What goes wrong next. Safe for concurrent use.</summary>
internal sealed class FaultScript
{
    private readonly Lock _lock = new();
    private readonly Queue<SettleFault> _settles = new();
    private readonly Queue<SendFault> _sends = new();

    public void Add(SettleFault fault, int count) => Add(_settles, fault, count);

    public void Add(SendFault fault, int count) => Add(_sends, fault, count);

    public SettleFault NextSettle() => Next(_settles);

    public SendFault NextSend() => Next(_sends);

    private void Add<T>(Queue<T> faults, T fault, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        lock (_lock)
        {
            for (var i = 0; i < count; i++)
            {
                faults.Enqueue(fault);
            }
        }
    }

    private T Next<T>(Queue<T> faults)
        where T : struct
    {
        lock (_lock)
        {
            return faults.TryDequeue(out var fault) ? fault : default;
        }
    }
}
