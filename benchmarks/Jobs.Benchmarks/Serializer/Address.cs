namespace Jobs.Benchmarks.Serializer;

/// <summary>Where an order goes.</summary>
public sealed record Address(string Street, string City);
