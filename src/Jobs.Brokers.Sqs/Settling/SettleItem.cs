using Jobs.Brokers.Sqs.Receiving;

namespace Jobs.Brokers.Sqs.Settling;

/// <summary>One delivery that is being ended other than by a plain completion.</summary>
internal sealed class SettleItem(int index, SqsDelivery delivery, Settlement settlement, ReadOnlyMemory<byte> state)
{
    public int Index => index;

    public SqsDelivery Delivery => delivery;

    public Settlement Settlement => settlement;

    /// <summary>The encoded state of the copy, or of the dead letter.</summary>
    public ReadOnlyMemory<byte> State => state;

    /// <summary>True once all that must be stored before the message is deleted is.</summary>
    public bool IsStored { get; set; } = settlement.Kind == SettleKind.Complete;

    /// <summary>True if it must not be deleted: what it enqueued was not accepted.</summary>
    public bool IsRefused { get; set; }

    public SettleResult Result { get; set; }

    public bool IsOpen => Result == SettleResult.Unknown && !IsRefused;
}
