using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Scripts;

namespace Jobs.Brokers.Redis.Receiving;

/// <summary>Removes consumers that hold nothing: this one when it stops, and now and then those that died. One that holds entries stays, or they would be lost.</summary>
internal sealed class ConsumerCleanup(ReceiverContext context)
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan DeadAge = TimeSpan.FromHours(1);

    private long _ranAt = context.Time.GetTimestamp();

    public async ValueTask RunIfDueAsync(CancellationToken cancellationToken)
    {
        if (context.Time.GetElapsedTime(_ranAt) >= Period)
        {
            _ranAt = context.Time.GetTimestamp();
            await RunAsync([], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes this consumer off its groups.</summary>
    public ValueTask RemoveOwnAsync(CancellationToken cancellationToken) => RunAsync(context.Consumer, cancellationToken);

    private async ValueTask RunAsync(byte[] consumer, CancellationToken cancellationToken)
    {
        foreach (var level in context.Levels)
        {
            var command = RespCommand.Rent(QueueScripts.RemoveConsumers, 1).Key(context.Keys.Streams[level])
                .Add(consumer).Add((long)DeadAge.TotalMilliseconds);
            try
            {
                (await context.Client.SendAsync(command, cancellationToken).ConfigureAwait(false)).Dispose();
            }
            catch (RedisServerException error)
            {
                context.Telemetry.ErrorSwallowed("tidy");
                Log.TidyFailed(context.Logger, context.Keys.Queue, error.Message);
            }
        }
    }
}
