using System.Collections.Concurrent;

namespace Letters;

public sealed class Postbox
{
    private readonly ConcurrentBag<string> _letters = [];
    private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Full => _full.Task;

    public void Add(string letter)
    {
        _letters.Add(letter);
        if (_letters.Count == 3)
        {
            _full.TrySetResult();
        }
    }
}
