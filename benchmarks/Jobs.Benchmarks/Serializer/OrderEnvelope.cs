namespace Jobs.Benchmarks.Serializer;

/// <summary>The same JSON as <c>OrderJobsClient.PlaceArgs</c>, which System.Text.Json's generator cannot see.</summary>
public readonly record struct OrderEnvelope(Order Order);
