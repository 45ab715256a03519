namespace Jobs.Memory;

/// <summary>Recognises jobs that were accepted before: within a time, and while they live. Not for concurrent use.</summary>
internal sealed class DedupeWindow(TimeSpan window)
{
    private readonly Dictionary<JobId, Seen> _seen = [];
    private readonly Ring<JobId> _expiring = new();

    public int Count => _seen.Count;

    /// <summary>When something is to be forgotten next, or the end of time.</summary>
    public DateTimeOffset Next => _expiring.Count > 0 && _seen.TryGetValue(_expiring.Front, out var seen) ? seen.Until : DateTimeOffset.MaxValue;

    /// <summary>Notes a copy of a job. False if that copy, or a later one, is known.</summary>
    public bool TryAdd(JobId id, int copy, DateTimeOffset now)
    {
        Expire(now);
        if (!_seen.TryGetValue(id, out var seen))
        {
            _seen.Add(id, seen = new Seen());
        }
        else if (copy <= seen.Copy && (seen.Living > 0 || seen.Until > now))
        {
            return false;
        }

        seen.Copy = copy;
        seen.Living++;
        seen.Until = now + window;
        if (!seen.IsExpiring)
        {
            seen.IsExpiring = true;
            _expiring.PushBack(id);
        }

        return true;
    }

    /// <summary>Notes the next copy of a living job.</summary>
    public void Advance(JobId id, int copy)
    {
        if (_seen.TryGetValue(id, out var seen))
        {
            seen.Copy = Math.Max(seen.Copy, copy);
        }
    }

    public bool IsLiving(JobId id) => _seen.TryGetValue(id, out var seen) && seen.Living > 0;

    /// <summary>Notes the end of a job.</summary>
    public void End(JobId id)
    {
        if (_seen.TryGetValue(id, out var seen) && --seen.Living == 0 && !seen.IsExpiring)
        {
            _seen.Remove(id);
        }
    }

    /// <summary>Forgets what is over.</summary>
    public void Expire(DateTimeOffset now)
    {
        while (_expiring.Count > 0)
        {
            var seen = _seen[_expiring.Front];
            if (seen.Until > now)
            {
                return;
            }

            var id = _expiring.PopFront();
            seen.IsExpiring = false;
            if (seen.Living == 0)
            {
                _seen.Remove(id);
            }
        }
    }

    private sealed class Seen
    {
        public int Copy { get; set; }

        public int Living { get; set; }

        public DateTimeOffset Until { get; set; }

        public bool IsExpiring { get; set; }
    }
}
