using System.Collections.Concurrent;

namespace Jobs.Messages;

/// <summary>A bounded pool for objects that one thread takes and another gives back.</summary>
internal static class MessagePool<T>
    where T : class
{
    private const int Capacity = 4096;

    private static readonly ConcurrentQueue<T> Items = new();
    private static int _count;

    public static T? TryRent()
    {
        if (!Items.TryDequeue(out var item))
        {
            return null;
        }

        Interlocked.Decrement(ref _count);
        return item;
    }

    public static void Return(T item)
    {
        if (Interlocked.Increment(ref _count) > Capacity)
        {
            Interlocked.Decrement(ref _count);
            return;
        }

        Items.Enqueue(item);
    }
}
