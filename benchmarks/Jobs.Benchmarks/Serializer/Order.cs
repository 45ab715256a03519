namespace Jobs.Benchmarks.Serializer;

/// <summary>The payload of the serializer benchmarks: a small order, 289 bytes with its envelope.</summary>
public sealed record Order(
    Guid Id,
    string Customer,
    DateTimeOffset PlacedAt,
    IReadOnlyList<OrderItem> Items,
    Address ShipTo,
    bool Express = false,
    string? Note = null);
