namespace Orders;

/// <summary>What the search index wants to know of an order.</summary>
public sealed record OrderPlaced(Guid Id, decimal Total);
