using Jobs.Brokers;

namespace Jobs.Settling;

/// <summary>A receiver in this process, which completes one delivery as cheaply as many: it needs no batches and no buffers.</summary>
internal interface IInlineSettler
{
    /// <summary>Settles as <see cref="SettleKind.Complete"/>, with nothing to send along. Does not throw.</summary>
    SettleResult Complete(JobDelivery delivery, int generation);
}
