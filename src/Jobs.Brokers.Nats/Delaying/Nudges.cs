using System.Text;
using Jobs.Brokers.Nats.Protocol;

namespace Jobs.Brokers.Nats.Delaying;

/// <summary>Tells whoever promotes that a bucket that is due, or almost, has got a message. Not for certain: they also look by themselves. Safe for concurrent use.</summary>
internal sealed class Nudges(INatsClient client, NatsNames names, TimeProvider time)
{
    /// <summary>Buckets that begin later are found by looking.</summary>
    private static readonly long Horizon = (long)(DelayPromoter.ScanPeriod.TotalSeconds * 2);

    private readonly Lock _lock = new();
    private readonly HashSet<DelayBucket> _noted = [];

    /// <summary>A message is on its way into a bucket.</summary>
    public void Note(DelayBucket bucket)
    {
        if (bucket.IsFinest && bucket.Start <= time.GetUtcNow().ToUnixTimeSeconds() + Horizon)
        {
            lock (_lock)
            {
                _noted.Add(bucket);
            }
        }
    }

    /// <summary>The messages noted are stored.</summary>
    public void Send()
    {
        DelayBucket[] noted;
        lock (_lock)
        {
            if (_noted.Count == 0)
            {
                return;
            }

            noted = [.. _noted];
            _noted.Clear();
        }

        try
        {
            foreach (var bucket in noted)
            {
                client.Publish(Encoding.UTF8.GetBytes(names.NudgeSubject(bucket.Name)), [], [], []);
            }
        }
        catch (NatsException)
        {
            // They look by themselves.
        }
    }
}
