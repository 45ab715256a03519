using System.Collections.Concurrent;

namespace Jobs.Aot;

/// <inheritdoc/>
internal sealed class Ledger : ILedger
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _entries = new();

    public void Note(string key, string text) => Entry(key).TrySetResult(text);

    public Task<string> ReadAsync(string key) => Entry(key).Task;

    private TaskCompletionSource<string> Entry(string key) =>
        _entries.GetOrAdd(key, static _ => new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));
}
