using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Scripts;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Redis.Receiving;

/// <summary>Moves delayed messages of one queue into their streams when they are due. Every receiver does it; the script makes it happen once.</summary>
/// <remarks>Looks when the next one is due, and at least once a second, because others add to the queue. Goes by the server's clock. Never dies.</remarks>
internal sealed class DelayPromoter : IAsyncDisposable
{
    private const int MostAtOnce = 200;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ReceiverContext _context;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public DelayPromoter(ReceiverContext context)
    {
        _context = context;
        _loop = Task.Run(RunAsync, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var isInterrupted = false;
        while (!_stop.IsCancellationRequested)
        {
            // Spread, so that many workers do not all ask at once.
            var pause = Period * (0.75 + (Random.Shared.NextDouble() / 4));
            try
            {
                await _context.Client.WaitConnectedAsync(_stop.Token).ConfigureAwait(false);
                var (count, next) = await PromoteAsync().ConfigureAwait(false);
                isInterrupted = false;
                if (count == MostAtOnce)
                {
                    continue;
                }

                pause = next >= TimeSpan.Zero && next < pause ? next : pause;
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                _context.Telemetry.ErrorSwallowed("promote");
                if (!isInterrupted)
                {
                    isInterrupted = true;
                    Log.PromoteInterrupted(_context.Logger, _context.Keys.Queue, error.Message);
                }
            }

            await Task.Delay(pause, _context.Time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async ValueTask<(int Count, TimeSpan Next)> PromoteAsync()
    {
        var keys = _context.Keys;
        var command = RespCommand.Rent(QueueScripts.Promote, 5).Key(keys.Delayed).Key(keys.Bodies);
        foreach (var stream in keys.Streams)
        {
            command.Key(stream);
        }

        command.Add(MostAtOnce);
        using var reply = await _context.Client.SendAsync(command, _stop.Token).ConfigureAwait(false);
        var reader = reply.GetReader();
        reader.ReadArray();
        return ((int)reader.ReadInteger(), TimeSpan.FromMilliseconds(reader.ReadInteger()));
    }
}
