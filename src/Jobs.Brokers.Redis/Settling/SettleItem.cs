using Jobs.Brokers.Redis.Protocol;
using Jobs.Brokers.Redis.Receiving;

namespace Jobs.Brokers.Redis.Settling;

/// <summary>One settlement under way.</summary>
internal sealed class SettleItem(int index, RedisDelivery delivery, Settlement settlement, ReadOnlyMemory<byte> state)
{
    public int Index => index;

    public RedisDelivery Delivery => delivery;

    public Settlement Settlement => settlement;

    /// <summary>The encoded state of the copy, or of the dead letter.</summary>
    public ReadOnlyMemory<byte> State => state;

    /// <summary>True once a call was made whose answer was lost.</summary>
    public bool MayHaveRun { get; set; }

    /// <summary>True if it must not be completed: what it enqueued was not accepted.</summary>
    public bool IsRefused { get; set; }

    public SettleResult Result { get; set; }

    public bool IsOpen => Result == SettleResult.Unknown && !IsRefused;

    /// <summary>Notes what the script said.</summary>
    public void Answer(long answer) => Result = answer switch
    {
        1 => SettleResult.Ok,
        // Gone: by our own hand, if an earlier answer was lost.
        0 when MayHaveRun => SettleResult.Ok,
        _ => SettleResult.LeaseLost,
    };

    /// <summary>Notes that no answer came.</summary>
    public void Interrupted(Exception error) =>
        MayHaveRun |= error is not RedisServerException and not RedisConnectionException { MayHaveRun: false };
}
