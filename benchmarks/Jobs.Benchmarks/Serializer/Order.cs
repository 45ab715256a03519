namespace Jobs.Benchmarks.Serializer;

/// <summary>An order with two lines, some 300 bytes.</summary>
public sealed record Order(
    Guid Id,
    string Customer,
    DateTimeOffset PlacedAt,
    IReadOnlyList<OrderItem> Items,
    Address ShipTo,
    bool Express = false,
    string? Note = null);
