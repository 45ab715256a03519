using Jobs.Messages;

namespace Jobs.Memory;

/// <summary>What stands in a queue: a message, or (rarely) something else.</summary>
/// <remarks>Two references, so that the common case allocates nothing and moves little.</remarks>
internal readonly struct QueuedItem
{
    private readonly object? _other;

    public QueuedItem(JobMessage message) => Message = message;

    public QueuedItem(RawMessage raw) => _other = raw;

    public QueuedItem(Redelivery redelivery) => _other = redelivery;

    public JobMessage? Message { get; }

    public RawMessage? Raw => _other as RawMessage;

    public Redelivery? Redelivery => _other as Redelivery;

    /// <summary>Since when it could be delivered.</summary>
    public DateTimeOffset Since => Message is { } message ? Available(message)
        : Raw is { } raw ? raw.ArrivedAt
        : Redelivery!.Previous is { Message: { } previous } ? Available(previous)
        : Redelivery.Previous.Raw!.ArrivedAt;

    private static DateTimeOffset Available(JobMessage message) =>
        message.EffectiveDue is { } due && due > message.EnqueuedAt ? due : message.EnqueuedAt;
}
