using System.Collections.Concurrent;

namespace Jobs.Tests.Versioning;

/// <summary>What handlers were called with, in order.</summary>
public sealed class RunLog
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public void Add(string line) => _lines.Enqueue(line);
}
