using System.Buffers;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Jobs.Brokers.Conformance.Faults;

/// <summary>Carries the bytes of one connection in one direction.</summary>
/// <remarks>Reading goes on while what was read waits for its time: a delay costs latency, not throughput.</remarks>
internal sealed class ProxyPipe(TcpProxy proxy, ProxyLane lane, Socket from, Socket to)
{
    private const int ChunkBytes = 16 * 1024;
    private const int MostChunks = 64;

    private readonly Channel<Chunk> _chunks = Channel.CreateBounded<Chunk>(MostChunks);
    private volatile bool _isSwallowing;

    /// <summary>From now on what comes goes nowhere.</summary>
    public void Swallow() => _isSwallowing = true;

    /// <summary>Runs until both ends of this direction are closed.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(ReadAsync(cancellationToken), WriteAsync(cancellationToken));

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
                var length = await from.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (length == 0)
                {
                    break;
                }

                await _chunks.Writer.WriteAsync(new Chunk(buffer, length, TimeProvider.System.GetTimestamp()), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _chunks.Writer.TryComplete();
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        await foreach (var chunk in _chunks.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            await DelayAsync(chunk.ReadAt, cancellationToken).ConfigureAwait(false);
            await lane.PassAsync(cancellationToken).ConfigureAwait(false);
            if (!_isSwallowing)
            {
                await SendAsync(chunk, cancellationToken).ConfigureAwait(false);
            }

            ArrayPool<byte>.Shared.Return(chunk.Buffer);
        }

        if (!_isSwallowing)
        {
            to.Shutdown(SocketShutdown.Send);
        }
    }

    private async Task SendAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        var passed = lane.Spend(chunk.Length, out var isCut);
        for (var sent = 0; sent < passed;)
        {
            sent += await to.SendAsync(chunk.Buffer.AsMemory(sent, passed - sent), cancellationToken).ConfigureAwait(false);
        }

        if (isCut)
        {
            proxy.Cut();
        }
    }

    private Task DelayAsync(long readAt, CancellationToken cancellationToken)
    {
        var left = proxy.Delay == TimeSpan.Zero ? TimeSpan.Zero : proxy.Delay - TimeProvider.System.GetElapsedTime(readAt);
        return left > TimeSpan.Zero ? Task.Delay(left, TimeProvider.System, cancellationToken) : Task.CompletedTask;
    }

    private readonly record struct Chunk(byte[] Buffer, int Length, long ReadAt);
}
