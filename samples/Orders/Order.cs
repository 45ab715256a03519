namespace Orders;

/// <summary>What a customer ordered.</summary>
public sealed record Order(Guid Id, string Email, decimal Total);
