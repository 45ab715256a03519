using System.Text;
using System.Threading.Channels;

namespace Jobs.Transport.Tests;

/// <summary>A protocol of lines, of which each is answered by one.</summary>
internal sealed class Lines : IConnectionHandler<string>
{
    private readonly TaskCompletionSource<(Exception Cause, long HandedOver, string[] Waiting)> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<string> _answers = Channel.CreateUnbounded<string>();
    private int _owed;

    public bool IsOwed => Volatile.Read(ref _owed) > 0;

    public int KeepAlives { get; private set; }

    public long MostPending { get; private set; }

    public Action? OnKeepAlive { get; set; }

    public Task<(Exception Cause, long HandedOver, string[] Waiting)> Closed => _closed.Task.WaitAsync(Loopback.Patience, TimeProvider.System);

    public async Task<string[]> TakeAsync(int count)
    {
        var answers = new string[count];
        for (var i = 0; i < count; i++)
        {
            answers[i] = await _answers.Reader.ReadAsync().AsTask().WaitAsync(Loopback.Patience, TimeProvider.System);
        }

        return answers;
    }

    public bool TryWrite(string item, SendBuffer buffer)
    {
        if (item.Length == 0)
        {
            return false;
        }

        Encoding.ASCII.GetBytes(item, buffer.Append(item.Length));
        buffer.Append(1)[0] = (byte)'\n';
        MostPending = Math.Max(MostPending, buffer.Length);
        Interlocked.Increment(ref _owed);
        return true;
    }

    public int Received(SharedBuffer buffer, int start, int length)
    {
        var consumed = 0;
        for (int end; (end = buffer.Span.Slice(start + consumed, length - consumed).IndexOf((byte)'\n')) >= 0; consumed += end + 1)
        {
            Assert.True(_answers.Writer.TryWrite(Encoding.ASCII.GetString(buffer.Span.Slice(start + consumed, end))));
            Interlocked.Decrement(ref _owed);
        }

        return consumed;
    }

    public void KeepAlive()
    {
        KeepAlives++;
        OnKeepAlive?.Invoke();
    }

    void IConnectionHandler<string>.Closed(Exception cause, long handedOver, IReadOnlyCollection<string> waiting) =>
        _closed.SetResult((cause, handedOver, [.. waiting]));
}
