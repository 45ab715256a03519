using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

[assembly: Jobs.JobJsonContext(typeof(Jobs.Serialization.Tests.Payloads.LeafJson))]

namespace Jobs.Serialization.Tests.Payloads;

/// <summary>What the generated serializer leaves to System.Text.Json.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(IShape))]
[JsonSerializable(typeof(Payment))]
[JsonSerializable(typeof(Cents))]
[JsonSerializable(typeof(Int128))]
internal sealed partial class LeafJson : JsonSerializerContext;

[JsonDerivedType(typeof(Circle), "circle")]
[JsonDerivedType(typeof(Square), "square")]
public interface IShape;

public sealed record Circle(double Radius) : IShape;

public sealed record Square(int Side, string? Name) : IShape;

[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(CardPayment), 1)]
[JsonDerivedType(typeof(CashPayment), 2)]
public abstract record Payment(decimal Amount);

public sealed record CardPayment(decimal Amount, string Number) : Payment(Amount);

public sealed record CashPayment(decimal Amount, List<int> Coins) : Payment(Amount);

[JsonConverter(typeof(CentsConverter))]
public readonly record struct Cents(long Value);

public sealed class CentsConverter : JsonConverter<Cents>
{
    public override Cents Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && long.TryParse(reader.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? new Cents(value)
            : throw new JsonException("Cents are a string of digits.");

    public override void Write(Utf8JsonWriter writer, Cents value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value.ToString(CultureInfo.InvariantCulture));
}

public sealed record Drawing(IShape First, IShape? Second, IReadOnlyList<IShape> More);

public sealed record Till(Cents Total, Cents? Change, Dictionary<string, Cents> ByDrawer);

public sealed record Mixed(string Name, Payment? Payment, Int128 Serial, Drawing[] Drawings, bool Paid = false);
