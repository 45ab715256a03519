using System.Collections.Concurrent;
using System.Diagnostics;

namespace Quickstart;

/// <summary>How far the run is. Safe for concurrent use.</summary>
public sealed class RunProgress
{
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _found;
    private long _recorded;
    private long _bytes;
    private long _retried;
    private volatile bool _allFound;
    private TimeSpan? _elapsed;

    /// <summary>Ends when every file found is recorded or dead-lettered.</summary>
    public Task Completed => _completed.Task;

    /// <summary>Ends when the worker has stopped.</summary>
    public Task Stopped => _stopped.Task;

    public long FileCount => Volatile.Read(ref _found);

    public long RecordedCount => Volatile.Read(ref _recorded);

    public long ByteCount => Volatile.Read(ref _bytes);

    public long RetryCount => Volatile.Read(ref _retried);

    public long DoneCount => RecordedCount + DeadLetters.Count;

    public bool IsAllFound => _allFound;

    public TimeSpan Elapsed => _elapsed ?? Stopwatch.GetElapsedTime(_startedAt);

    /// <summary>What failed for good: job and reason.</summary>
    public ConcurrentQueue<(string Job, string Reason)> DeadLetters { get; } = new();

    /// <summary>Folders that could not be looked into, and why.</summary>
    public ConcurrentQueue<(string Folder, string Reason)> SkippedFolders { get; } = new();

    public void Found(int count) => Interlocked.Add(ref _found, count);

    public void AllFound()
    {
        _allFound = true;
        CompleteIfDone();
    }

    public void FolderSkipped(string folder, string reason) => SkippedFolders.Enqueue((folder, reason));

    public void Recorded(IReadOnlyList<FileFingerprint> files)
    {
        foreach (var file in files)
        {
            Interlocked.Add(ref _bytes, file.Bytes);
        }

        Interlocked.Add(ref _recorded, files.Count);
        CompleteIfDone();
    }

    public void Retried() => Interlocked.Increment(ref _retried);

    public void DeadLettered(string job, string reason)
    {
        DeadLetters.Enqueue((job, reason));
        CompleteIfDone();
    }

    public void Stop()
    {
        _elapsed = Elapsed;
        _stopped.TrySetResult();
    }

    private void CompleteIfDone()
    {
        if (_allFound && DoneCount >= FileCount)
        {
            _completed.TrySetResult();
        }
    }
}
