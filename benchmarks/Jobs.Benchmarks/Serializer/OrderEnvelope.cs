namespace Jobs.Benchmarks.Serializer;

/// <summary>The same JSON as <c>OrderJobsClient.PlaceArgs</c>.</summary>
public readonly record struct OrderEnvelope(Order Order);
