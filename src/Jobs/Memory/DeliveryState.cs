namespace Jobs.Memory;

/// <summary>Where a delivery object stands.</summary>
internal enum DeliveryState : byte
{
    /// <summary>In the pool: new, or settled.</summary>
    Idle,

    /// <summary>With a worker.</summary>
    Leased,

    /// <summary>Being settled: neither expires nor settles again.</summary>
    Settling,

    /// <summary>The lease has passed, but nobody else has it yet: its worker may still settle or renew.</summary>
    Expired,

    /// <summary>Another delivery took over. Never reused, because its worker may hold it for ever.</summary>
    Lost,
}
