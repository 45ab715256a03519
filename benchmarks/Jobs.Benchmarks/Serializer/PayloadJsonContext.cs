using System.Text.Json.Serialization;

namespace Jobs.Benchmarks.Serializer;

/// <summary>The options that define our wire format.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(OrderEnvelope))]
[JsonSerializable(typeof(WelcomeEnvelope))]
[JsonSerializable(typeof(LenientEnvelope))]
internal sealed partial class PayloadJsonContext : JsonSerializerContext;
