using System.Text.Json.Serialization;

namespace Jobs.Benchmarks.Serializer;

/// <summary>The options that define our wire format.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(OrderEnvelope))]
internal sealed partial class OrderJsonContext : JsonSerializerContext;
