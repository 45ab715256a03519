using System.Text;
using Jobs.Brokers.Redis.Protocol;
using Jobs.Telemetry;
using Microsoft.Extensions.Logging;

namespace Jobs.Brokers.Redis.Receiving;

/// <summary>What the parts of one receiver share. Immutable, but for the lease clock.</summary>
internal sealed class ReceiverContext
{
    public required IRedisClient Client { get; init; }

    public required QueueKeys Keys { get; init; }

    /// <summary>The levels to receive, by their place in the keys, highest first.</summary>
    public required int[] Levels { get; init; }

    /// <summary>The consumer; unique to this receiver, whatever workers are called.</summary>
    public required byte[] Consumer { get; init; }

    public required LeaseClock Leases { get; init; }

    public required TimeProvider Time { get; init; }

    public required JobsTelemetry Telemetry { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Told once the receiver is closed.</summary>
    public required Action<RedisReceiver> Closed { get; init; }

    public static byte[] ConsumerName(string worker) => Encoding.UTF8.GetBytes($"{worker}.{Random.Shared.Next(0x1000000):x6}");
}
