using System.Collections.Concurrent;
using System.Text;
using Jobs.Brokers.Nats.Delaying;

namespace Jobs.Brokers.Nats.Sending;

/// <summary>The subjects of one queue, encoded. Safe for concurrent use.</summary>
internal sealed class SendRoutes(NatsNames names, string queue)
{
    private const int MostBuckets = 4_096;

    private readonly byte[][] _levels = Array.ConvertAll(names.LevelSubjects(queue), Encoding.UTF8.GetBytes);
    private readonly ConcurrentDictionary<(DelayBucket Bucket, int Level), byte[]> _delayed = new();

    public byte[] ToQueue(int level) => _levels[level];

    public byte[] ToBucket(DelayBucket bucket, int level)
    {
        if (_delayed.Count > MostBuckets)
        {
            // Most of them have passed.
            _delayed.Clear();
        }

        return _delayed.GetOrAdd((bucket, level), static (key, routes) => Encoding.UTF8.GetBytes(routes.Names.DelaySubject(key.Bucket.Name, routes.Queue, key.Level)), (Names: names, Queue: queue));
    }
}
