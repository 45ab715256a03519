namespace Jobs.Memory;

/// <summary>A queue in one array that grows by doubling and shrinks when it runs empty. Not for concurrent use.</summary>
internal sealed class Ring<T>
{
    private const int Smallest = 16;

    // Below this a burst may keep its array; above it, memory goes back once the burst is over.
    private const int LargestKept = 16 * 1024;

    private T[] _items = new T[Smallest];
    private int _head;

    public int Count { get; private set; }

    /// <summary>The first item. There must be one.</summary>
    public ref readonly T Front => ref _items[_head];

    public void PushBack(T item)
    {
        if (Count == _items.Length)
        {
            Grow();
        }

        _items[(_head + Count) & (_items.Length - 1)] = item;
        Count++;
    }

    public void PushFront(T item)
    {
        if (Count == _items.Length)
        {
            Grow();
        }

        _head = (_head - 1) & (_items.Length - 1);
        _items[_head] = item;
        Count++;
    }

    /// <summary>Takes the first item. There must be one.</summary>
    public T PopFront()
    {
        ref var slot = ref _items[_head];
        var item = slot;
        slot = default!;
        _head = (_head + 1) & (_items.Length - 1);
        if (--Count == 0 && _items.Length > LargestKept)
        {
            _items = new T[Smallest];
            _head = 0;
        }

        return item;
    }

    private void Grow()
    {
        var grown = new T[_items.Length * 2];
        var first = _items.Length - _head;
        Array.Copy(_items, _head, grown, 0, first);
        Array.Copy(_items, 0, grown, first, _head);
        _items = grown;
        _head = 0;
    }
}
